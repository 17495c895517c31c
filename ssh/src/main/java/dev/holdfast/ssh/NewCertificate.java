package dev.holdfast.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A certificate that an authority is about to sign (PROTOCOL.certkeys; see {@link UserCertificate}
 * for its layout).
 *
 * @param kind whom it is for
 * @param key what is certified
 * @param serial the authority's number for it, unsigned
 * @param id what the authority calls it; servers log it
 * @param principals the only names that it is good for; at least one, for none would mean all
 * @param validAfter when it begins
 * @param validBefore when it ends
 * @param critical what a server must understand: names and values
 * @param extensions what it may do, names alone, such as "permit-pty"
 */
public record NewCertificate(
    Kind kind,
    SshPublicKey key,
    long serial,
    String id,
    List<String> principals,
    Instant validAfter,
    Instant validBefore,
    SortedMap<String, String> critical,
    List<String> extensions) {
  /** The longest time that a certificate is made for. */
  public static final Duration LONGEST = Duration.ofDays(366);

  private static final int NONCE_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Whom a certificate is for. */
  public enum Kind {
    USER(1),
    HOST(2);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  public NewCertificate {
    if (key.isCertificate() || !SshPublicKey.PLAIN_TYPES.contains(key.type())) {
      throw new IllegalArgumentException("not a key that can be certified: " + key.type());
    }
    if (!SignatureCheck.isUsable(key)) {
      throw new IllegalArgumentException("not a key, or not a strong one: " + key.type());
    }
    if (principals.isEmpty() || principals.size() > UserCertificate.MOST_PRINCIPALS) {
      throw new IllegalArgumentException(principals.size() + " principals");
    }
    if (principals.stream().anyMatch(one -> one.isEmpty() || one.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("an empty principal");
    }
    if (!validAfter.isBefore(validBefore)
        || Duration.between(validAfter, validBefore).compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("valid from " + validAfter + " to " + validBefore);
    }
    principals = List.copyOf(principals);
    critical = new TreeMap<>(critical);
    extensions = extensions.stream().sorted().distinct().toList();
  }

  /** The certificate with the signature of {@code authority}, a key for Ed25519 in memory. */
  public SshPublicKey signedBy(KeyPair authority) {
    try {
      return signedBy(CertificateSigner.of(authority));
    } catch (IOException e) {
      throw new IllegalStateException("the authority's key can't sign", e);
    }
  }

  /** The certificate with the signature of {@code authority}. */
  public SshPublicKey signedBy(CertificateSigner authority) throws IOException {
    SshPublicKey ca = authority.key();
    if (ca.equals(key)) {
      throw new IllegalArgumentException("the authority's own key is never certified");
    }
    String type = type(key.type());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    body.writeBytes(Wire.string(type));
    body.writeBytes(Wire.string(nonce));
    body.write(key.blob(), 4 + key.type().length(), key.blob().length - 4 - key.type().length());
    body.writeBytes(ByteBuffer.allocate(12).putLong(serial).putInt(kind.number).array());
    body.writeBytes(Wire.string(id));
    body.writeBytes(Wire.string(strings(principals)));
    body.writeBytes(
        ByteBuffer.allocate(16)
            .putLong(validAfter.getEpochSecond())
            .putLong(validBefore.getEpochSecond())
            .array());
    body.writeBytes(Wire.string(options(critical)));
    body.writeBytes(Wire.string(flags(extensions)));
    body.writeBytes(Wire.string(""));
    body.writeBytes(Wire.string(ca.blob()));
    body.writeBytes(Wire.string(authority.sign(body.toByteArray())));
    return new SshPublicKey(type, body.toByteArray());
  }

  private static String type(String plain) {
    return plain.endsWith("@openssh.com")
        ? plain.replace("@", "-cert-v01@")
        : plain + "-cert-v01@openssh.com";
  }

  private static byte[] strings(List<String> texts) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    texts.forEach(text -> list.writeBytes(Wire.string(text)));
    return list.toByteArray();
  }

  /** Options are in lexical order; a value is a string in a string. */
  private static byte[] options(Map<String, String> options) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    options.forEach((name, value) -> {
      list.writeBytes(Wire.string(name));
      list.writeBytes(Wire.string(Wire.string(value)));
    });
    return list.toByteArray();
  }

  private static byte[] flags(List<String> names) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    names.forEach(name -> {
      list.writeBytes(Wire.string(name));
      list.writeBytes(Wire.string(""));
    });
    return list.toByteArray();
  }
}
