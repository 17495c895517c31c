package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * A public key or certificate as SSH writes it on the wire (RFC 4253 6.6). Two are the same key if
 * and only if their bytes are the same.
 *
 * @param type the name that the bytes begin with, such as "ssh-ed25519"
 * @param blob its bytes, not to be changed
 */
public record SshPublicKey(String type, byte[] blob) {
  /** Bytes of the largest key that is read: an RSA key of 16,384 bits in a large certificate. */
  public static final int MOST_BYTES = 64 * 1024;

  static final String SK_ED25519 = "sk-ssh-ed25519@openssh.com";
  static final String SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com";
  static final String RSA = "ssh-rsa";

  /** Types of keys that are not certificates and that we can verify signatures of. */
  static final Set<String> PLAIN_TYPES =
      Set.of(
          "ssh-ed25519",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          RSA,
          SK_ED25519,
          SK_ECDSA);

  /** How a certificate's type ends (PROTOCOL.certkeys), before an "@openssh.com". */
  private static final String CERTIFICATE = "-cert-v01";

  /** Reads the type; whether the rest is a key shows when it is used. */
  public static SshPublicKey of(byte[] blob) throws MalformedKeyException {
    if (blob.length > MOST_BYTES) {
      throw new MalformedKeyException("it is longer than " + MOST_BYTES + " bytes");
    }
    return new SshPublicKey(new Wire(blob).text(), blob);
  }

  /**
   * A key as it stands in a file.
   *
   * @param type the first word
   * @param base64 the second word
   */
  public static SshPublicKey of(String type, String base64) throws MalformedKeyException {
    if (base64.length() > MOST_BYTES * 4 / 3 + 4) {
      throw new MalformedKeyException("it is longer than " + MOST_BYTES + " bytes");
    }
    try {
      SshPublicKey key = of(Base64.getDecoder().decode(base64.getBytes(US_ASCII)));
      if (!key.type.equals(type)) {
        throw new MalformedKeyException("its type is not the one before it");
      }
      return key;
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException("it is not base64");
    }
  }

  /**
   * The type of the key that a certificate of {@code type} certifies; {@code type} if it is none.
   */
  static String plainType(String type) {
    int end = type.indexOf(CERTIFICATE);
    if (end < 0) {
      return type;
    }
    String plain = type.substring(0, end);
    return plain.startsWith("sk-") ? plain + "@openssh.com" : plain;
  }

  public boolean isCertificate() {
    return type.contains(CERTIFICATE);
  }

  /** Whether it is kept in a FIDO authenticator (PROTOCOL.u2f). */
  public boolean isSecurityKey() {
    return type.startsWith("sk-");
  }

  /** As OpenSSH prints it: {@code SHA256:} and base64 without padding. */
  public String fingerprint() {
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest("SHA-256"));
  }

  /** What stands in a file: type and base64. */
  public String line() {
    return type + " " + Base64.getEncoder().encodeToString(blob);
  }

  private byte[] digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm).digest(blob);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK lacks " + algorithm, e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SshPublicKey key && Arrays.equals(blob, key.blob);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(blob);
  }

  @Override
  public String toString() {
    return type + " " + fingerprint();
  }
}
