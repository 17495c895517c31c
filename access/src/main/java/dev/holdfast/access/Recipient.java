package dev.holdfast.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;

/**
 * A public key (X25519, RFC 7748) that recordings are encrypted to. As a text it is {@code hfrec1}
 * and, in base64 for URLs, its bytes with four of their hash behind them, so that what was mistyped
 * is no key. Immutable.
 */
public final class Recipient {
  /** Bytes of a key. */
  public static final int KEY = 32;

  /** Keys that one recording is encrypted to. */
  public static final int MOST = 16;

  private static final String PREFIX = "hfrec1";
  private static final int CHECK = 4;
  private static final byte[] CHECKED = "holdfast recipient v1\0".getBytes(US_ASCII);
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");
  private static final String ALGORITHM = "X25519";

  private final byte[] key;

  private Recipient(byte[] key) {
    this.key = key;
  }

  /** The one with these bytes; fails if nobody can have such a key. */
  public static Recipient of(byte[] key) throws InvalidKeyException {
    if (key.length != KEY) {
      throw new InvalidKeyException("a public key has 32 bytes");
    }
    Recipient recipient = new Recipient(key.clone());
    recipient.refuseWeak();
    return recipient;
  }

  /** The one that is written so; else an {@link InvalidRecordException} says so. */
  public static Recipient parse(String text) {
    String encoded = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(encoded);
      if (bytes.length == KEY + CHECK) {
        byte[] key = Arrays.copyOf(bytes, KEY);
        if (MessageDigest.isEqual(check(key), Arrays.copyOfRange(bytes, KEY, bytes.length))) {
          return of(key);
        }
      }
    } catch (IllegalArgumentException | InvalidKeyException e) {
      throw none(text);
    }
    throw none(text);
  }

  private static InvalidRecordException none(String text) {
    return new InvalidRecordException(
        "'%s' is no key that recordings can be encrypted to; make one with 'holdfast recordings keygen'."
            .formatted(Names.printable(text)));
  }

  private static byte[] check(byte[] key) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update(CHECKED);
      return Arrays.copyOf(hash.digest(key), CHECK);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /** With a point of small order everybody would know the secret. */
  private void refuseWeak() throws InvalidKeyException {
    try {
      KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
      agreement.init(KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate());
      agreement.doPhase(publicKey(), true);
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has X25519", e);
    }
  }

  /** It for the runtime's cryptography. */
  public PublicKey publicKey() {
    byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + KEY);
    System.arraycopy(key, 0, encoded, X509_PREFIX.length, KEY);
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has X25519", e);
    }
  }

  /** Its 32 bytes. */
  public byte[] key() {
    return key.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Recipient it && Arrays.equals(key, it.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  /** It as a text that {@link #parse} reads. */
  @Override
  public String toString() {
    byte[] bytes = Arrays.copyOf(key, KEY + CHECK);
    System.arraycopy(check(key), 0, bytes, KEY, CHECK);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
