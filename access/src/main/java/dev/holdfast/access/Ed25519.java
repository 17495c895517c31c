package dev.holdfast.access;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Signatures by raw Ed25519 keys (RFC 8032), with the JDK's cryptography. */
public final class Ed25519 {
  /** Bytes of a public key, and of the secret that a private one is made from. */
  public static final int KEY = 32;

  /** Bytes of a signature. */
  public static final int SIGNATURE = 64;

  /** What stands before a public key in its X.509 form (RFC 8410 4). */
  private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /** What stands before a private key in its PKCS #8 form (RFC 8410 7). */
  private static final byte[] PRIVATE_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  private static final String ALGORITHM = "Ed25519";

  private Ed25519() {}

  /** The public key of these bytes; fails if they are not one. */
  public static PublicKey publicKey(byte[] raw) throws InvalidKeyException {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePublic(new X509EncodedKeySpec(join(PUBLIC_PREFIX, raw)));
    } catch (InvalidKeySpecException e) {
      throw new InvalidKeyException("these bytes are no public key", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  /** The private key of this secret. */
  public static PrivateKey privateKey(byte[] seed) {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePrivate(new PKCS8EncodedKeySpec(join(PRIVATE_PREFIX, seed)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  /** The raw bytes of a public key in its X.509 form. */
  public static byte[] rawPublic(PublicKey key) {
    return raw(key.getEncoded(), PUBLIC_PREFIX.length);
  }

  /** The secret of a private key in its PKCS #8 form, with or without the public half behind it. */
  public static byte[] rawPrivate(PrivateKey key) {
    return raw(key.getEncoded(), PRIVATE_PREFIX.length);
  }

  private static byte[] raw(byte[] encoded, int from) {
    if (encoded == null || encoded.length < from + KEY) {
      throw new IllegalArgumentException("not an Ed25519 key");
    }
    return Arrays.copyOfRange(encoded, from, from + KEY);
  }

  /** A signature of the concatenation of {@code said}. */
  public static byte[] sign(PrivateKey key, byte[]... said) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      for (byte[] part : said) {
        signature.update(part);
      }
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  /** Whether {@code signature} is one of the concatenation of {@code said}. */
  public static boolean verifies(PublicKey key, byte[] signature, byte[]... said) {
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      for (byte[] part : said) {
        verifier.update(part);
      }
      return verifier.verify(signature);
    } catch (SignatureException | InvalidKeyException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has Ed25519", e);
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
