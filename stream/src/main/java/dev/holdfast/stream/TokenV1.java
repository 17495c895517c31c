package dev.holdfast.stream;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The name of a resume v1 stream and the only proof that a client may have it: 16 bytes that both
 * sides compute from the key exchange of the first link (PROTOCOL.resume-v1, section 4). Never sent
 * in clear. Immutable; prints nothing.
 */
public final class TokenV1 {
  /** Bytes of a token, and of the pad that hides it on the wire. */
  public static final int BYTES = 16;

  private final byte[] bytes;

  /** A token of {@value #BYTES} bytes. */
  public TokenV1(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(bytes.length + " bytes instead of " + BYTES);
    }
    this.bytes = bytes.clone();
  }

  /** The bytes themselves: secret. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The token as it is sent: XORed with the pad of that link's key exchange. */
  byte[] masked(byte[] pad) {
    byte[] masked = bytes.clone();
    for (int i = 0; i < BYTES; i++) {
      masked[i] ^= pad[i];
    }
    return masked;
  }

  /** The token that arrived masked. */
  static TokenV1 unmasked(byte[] masked, byte[] pad) {
    return new TokenV1(new TokenV1(masked).masked(pad));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenV1 token && MessageDigest.isEqual(bytes, token.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "token";
  }
}
