package dev.holdfast.stream;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * One side's key for one link: ECDH on NIST P-256, of which 16 bytes of a hash are used
 * (PROTOCOL.resume-v1, section 2).
 *
 * <p>A key must not be used for two links, or the pad that hides the token would repeat. Immutable;
 * prints nothing.
 */
public final class KeyExchangeV1 {
  /** Bytes of a public key: an uncompressed point (SEC 1, 2.3.3). */
  public static final int PUBLIC = 65;

  /** The curve. */
  static final ECParameterSpec P256 = p256();

  private static final int COORDINATE = 32;
  private static final byte UNCOMPRESSED = 4;
  private static final BigInteger PRIME =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);

  private final PrivateKey secret;
  private final byte[] shown;

  /** A key made by the caller, on P-256: making one is the dear part of accepting a connection. */
  public KeyExchangeV1(KeyPair pair) {
    this.secret = pair.getPrivate();
    this.shown = encode(((ECPublicKey) pair.getPublic()).getW());
  }

  /** A fresh key from the caller's randomness. */
  public static KeyExchangeV1 fresh(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(P256, random);
      return new KeyExchangeV1(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has P-256", e);
    }
  }

  /** The public key to show to the peer. */
  byte[] shown() {
    return shown.clone();
  }

  /**
   * The 16 bytes both sides agree on: a new stream's token, or the pad of a resume.
   *
   * @throws ProtocolException the peer's key is not an uncompressed point of the curve
   */
  byte[] agree(byte[] peer) throws ProtocolException {
    ECPoint point = decode(peer);
    try {
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(secret);
      agreement.doPhase(
          KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, P256)), true);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(agreement.generateSecret());
      return Arrays.copyOf(hash, TokenV1.BYTES);
    } catch (GeneralSecurityException e) {
      throw new ProtocolException("unusable public key");
    }
  }

  /**
   * Reads a point and checks that it lies on the curve: y² = x³ - 3x + b (FIPS 186-4, D.1.2.3).
   *
   * @throws ProtocolException it does not
   */
  static ECPoint decode(byte[] key) throws ProtocolException {
    if (key.length != PUBLIC || key[0] != UNCOMPRESSED) {
      throw new ProtocolException("public key is not an uncompressed point");
    }
    BigInteger x = new BigInteger(1, key, 1, COORDINATE);
    BigInteger y = new BigInteger(1, key, 1 + COORDINATE, COORDINATE);
    BigInteger right = x.multiply(x).add(P256.getCurve().getA()).multiply(x);
    BigInteger off = y.multiply(y).subtract(right.add(P256.getCurve().getB()));
    if (x.compareTo(PRIME) >= 0 || y.compareTo(PRIME) >= 0 || off.mod(PRIME).signum() != 0) {
      throw new ProtocolException("public key is not on the curve");
    }
    return new ECPoint(x, y);
  }

  private static byte[] encode(ECPoint point) {
    byte[] key = new byte[PUBLIC];
    key[0] = UNCOMPRESSED;
    putCoordinate(point.getAffineX(), key, 1);
    putCoordinate(point.getAffineY(), key, 1 + COORDINATE);
    return key;
  }

  private static void putCoordinate(BigInteger coordinate, byte[] key, int at) {
    byte[] bytes = coordinate.toByteArray();
    int skip = Math.max(0, bytes.length - COORDINATE);
    int length = bytes.length - skip;
    System.arraycopy(bytes, skip, key, at + COORDINATE - length, length);
  }

  private static ECParameterSpec p256() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has P-256", e);
    }
  }
}
