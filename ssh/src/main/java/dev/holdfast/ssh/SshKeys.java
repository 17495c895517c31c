package dev.holdfast.ssh;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Keys as SSH writes them, for those who do not know the SSH library. */
public final class SshKeys {
  /** Bits of the smallest RSA key that is believed, whoever holds it. */
  public static final int LEAST_RSA_BITS = 2048;

  /** Bits of the largest one: verifying costs time, which a stranger could make us spend. */
  static final int MOST_RSA_BITS = 16_384;

  /** Bits of an RSA key's largest public exponent, for the same reason. */
  static final int MOST_RSA_EXPONENT_BITS = 64;

  private SshKeys() {}

  /** A new key pair for Ed25519 (RFC 8709). */
  public static KeyPair generateEd25519() {
    try {
      return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the cryptography library lacks Ed25519", e);
    }
  }

  /**
   * The key as it stands in {@code authorized_keys}: its type and its base64, without a comment.
   */
  public static String line(PublicKey key) {
    return PublicKeyEntry.toString(key);
  }

  /** The key's fingerprint as OpenSSH prints it: {@code SHA256:} and base64. */
  public static String fingerprint(PublicKey key) {
    return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
  }

  /** Whether both are the same key, wherever their objects come from. */
  public static boolean areSame(PublicKey one, PublicKey other) {
    return KeyUtils.compareKeys(one, other);
  }

  /** The key that {@code key} certifies; none if it is no certificate. */
  public static Optional<PublicKey> certified(PublicKey key) {
    return key instanceof OpenSshCertificate certificate
        ? Optional.of(certificate.getCertPubKey())
        : Optional.empty();
  }

  /** The key that {@code key} writes; none if it is not one, or not one that proves something. */
  static Optional<PublicKey> of(SshPublicKey key) {
    try {
      return Optional.of(SignatureCheck.publicKey(key));
    } catch (MalformedKeyException e) {
      return Optional.empty();
    }
  }

  /**
   * A key pair that is shown with its certificate.
   *
   * @param line of the certificate's file
   * @throws MalformedKeyException if it is not a certificate of that key
   */
  public static KeyPair certified(KeyPair pair, String line) throws MalformedKeyException {
    try {
      PublicKeyEntry entry = PublicKeyEntry.parsePublicKeyEntry(line.strip());
      if (entry != null
          && entry.resolvePublicKey(null, Map.of(), null) instanceof OpenSshCertificate certificate
          && areSame(certificate.getCertPubKey(), pair.getPublic())) {
        return new KeyPair(certificate, pair.getPrivate());
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Said below.
    }
    throw new MalformedKeyException("it is not a certificate of the key");
  }

  /** What {@code key} is on the wire. */
  public static SshPublicKey wire(PublicKey key) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(key);
    return new SshPublicKey(KeyUtils.getKeyType(key), buffer.getCompactData());
  }

  /** Whether the key is long enough that holding it proves something. */
  static boolean isStrong(PublicKey key) {
    return !(key instanceof RSAPublicKey rsa) || rsa.getModulus().bitLength() >= LEAST_RSA_BITS;
  }
}
