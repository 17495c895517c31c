package dev.holdfast.stream;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/**
 * One side's part of an X25519 key agreement (RFC 7748), made from 32 random bytes that the caller
 * brings.
 *
 * <p>Immutable; prints nothing.
 */
public final class KeyShare {
  /** Bytes of a scalar, of a public value and of what is agreed. */
  public static final int BYTES = 32;

  private static final byte[] BASE_POINT = basePoint();

  private final PrivateKey secret;
  private final byte[] shown;

  /**
   * A share whose secret scalar is {@code random}: {@value #BYTES} bytes, to be used for nothing
   * else.
   */
  public KeyShare(byte[] random) {
    if (random.length != BYTES) {
      throw new IllegalArgumentException(random.length + " bytes instead of " + BYTES);
    }
    try {
      secret =
          KeyFactory.getInstance("X25519")
              .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, random.clone()));
      shown = agree(secret, BASE_POINT);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has X25519", e);
    }
  }

  /** The public value to show to the peer. */
  byte[] shown() {
    return shown.clone();
  }

  /**
   * What both sides agree on.
   *
   * @throws ProtocolException the peer's value is not usable (RFC 7748 6.1: it would make the
   *     secret zero)
   */
  byte[] agree(byte[] peer) throws ProtocolException {
    try {
      return agree(secret, peer);
    } catch (GeneralSecurityException e) {
      throw new ProtocolException("unusable public key");
    }
  }

  private static byte[] agree(PrivateKey secret, byte[] peer) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(secret);
    agreement.doPhase(publicKey(peer), true);
    return agreement.generateSecret();
  }

  /** RFC 7748 5: the u-coordinate is little-endian and its top bit is ignored. */
  private static PublicKey publicKey(byte[] littleEndian) throws GeneralSecurityException {
    byte[] big = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      big[i] = littleEndian[BYTES - 1 - i];
    }
    big[0] &= 0x7f;
    BigInteger u = new BigInteger(1, big);
    return KeyFactory.getInstance("X25519")
        .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
  }

  private static byte[] basePoint() {
    byte[] nine = new byte[BYTES];
    nine[0] = 9;
    return nine;
  }
}
