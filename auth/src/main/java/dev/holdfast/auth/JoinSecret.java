package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Names;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a join token looks like to those who carry it, for example {@code
 * hf1.node.3f0c6c9a.6k2…Qw.ki7…5g}: purpose, id, secret, and by what the cluster is recognised.
 *
 * @param secret 160 random bits in base64url
 * @param pin the fingerprint of the host authority's key: SHA-256 in base64url
 */
public record JoinSecret(JoinToken.Purpose purpose, String id, String secret, String pin) {
  private static final Pattern FORM =
      Pattern.compile(
          "hf1\\.(node|proxy|user)\\.([0-9a-f]{8})\\.([A-Za-z0-9_-]{27})\\.([A-Za-z0-9_-]{43})");
  private static final int SECRET_BYTES = 20;
  private static final int ID_BYTES = 4;
  private static final String FINGERPRINT = "SHA256:";

  /** A new one. */
  static JoinSecret make(JoinToken.Purpose purpose, String fingerprint, SecureRandom random) {
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    return new JoinSecret(
        purpose,
        HexFormat.of().formatHex(id),
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
        fingerprint.substring(FINGERPRINT.length()).replace('+', '-').replace('/', '_'));
  }

  /** Reads what somebody was given. */
  public static JoinSecret parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new InvalidRecordException(
          "This is not a join token, which begins with 'hf1.'; copy all of it.");
    }
    return new JoinSecret(
        JoinToken.Purpose.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
        matcher.group(2),
        matcher.group(3),
        matcher.group(4));
  }

  /** As OpenSSH prints the fingerprint of the host authority. */
  public String fingerprint() {
    return FINGERPRINT + pin.replace('-', '+').replace('_', '/');
  }

  /** What is stored in place of the secret. */
  String hash() {
    return hash(secret);
  }

  static String hash(String secret) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK lacks SHA-256", e);
    }
  }

  /** What the person is given. */
  public String text() {
    return String.join(".", "hf1", purpose.name().toLowerCase(Locale.ROOT), id, secret, pin);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "join token " + Names.printable(id);
  }
}
