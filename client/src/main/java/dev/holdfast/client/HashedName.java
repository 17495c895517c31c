package dev.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A host's name that can be recognized and not be read: {@code |1|salt|hash} (sshd(8)). */
final class HashedName {
  static final String MAGIC = "|1|";
  private static final String ALGORITHM = "HmacSHA1";
  private static final int SALT_BYTES = 20;

  private HashedName() {}

  /** The name under a new salt. */
  static String of(String name, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Base64.Encoder base64 = Base64.getEncoder();
    return MAGIC + base64.encodeToString(salt) + "|" + base64.encodeToString(hash(name, salt));
  }

  /** Whether {@code hashed} stands for {@code name}; not if it is malformed. */
  static boolean matches(String name, String hashed) {
    String[] parts = hashed.substring(MAGIC.length()).split("\\|", -1);
    if (parts.length != 2) {
      return false;
    }
    try {
      byte[] salt = Base64.getDecoder().decode(parts[0]);
      byte[] hash = Base64.getDecoder().decode(parts[1]);
      return salt.length == SALT_BYTES && MessageDigest.isEqual(hash, hash(name, salt));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] hash(String name, byte[] salt) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(salt, ALGORITHM));
      return mac.doFinal(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HMAC-SHA1", e);
    }
  }
}
