package dev.holdfast.recording;

import dev.holdfast.access.Ed25519;
import java.security.KeyPair;
import java.security.PrivateKey;

/** Who answers for a recording: the Ed25519 key of a node's host. Immutable, thread-safe. */
public final class Signer {
  private final PrivateKey secret;
  private final byte[] shown;

  private Signer(PrivateKey secret, byte[] shown) {
    this.secret = secret;
    this.shown = shown;
  }

  /** The key of a pair, whatever its provider. */
  public static Signer of(KeyPair pair) {
    return new Signer(
        Ed25519.privateKey(Ed25519.rawPrivate(pair.getPrivate())),
        Ed25519.rawPublic(pair.getPublic()));
  }

  /** The public half, 32 bytes. */
  byte[] shown() {
    return shown.clone();
  }

  byte[] sign(byte[]... said) {
    return Ed25519.sign(secret, said);
  }
}
