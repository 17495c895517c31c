package dev.holdfast.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One-time codes by the time (RFC 6238): six digits, 30 seconds, SHA-1, as every authenticator has
 * them. A code counts once, and after a few wrong ones none counts for a while.
 */
final class SecondFactor {
  static final int STEP_SECONDS = 30;

  /** Steps before and after the present one whose codes count as well. */
  static final int SKEW = 1;

  /** Wrong codes in a row. */
  static final int MOST_FAILURES = 5;

  static final long BLOCK_MILLIS = 60_000;

  private static final int SECRET_BYTES = 20;
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private SecondFactor() {}

  private record Row(String secret, long lastStep, int failures, long blockedUntil) {}

  /** A new secret, in base32. */
  static String newSecret(SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return base32(secret);
  }

  /** What an authenticator reads from a QR code. */
  static String uri(String cluster, String user, String secret) {
    return "otpauth://totp/%s:%s?secret=%s&issuer=%s".formatted(cluster, user, secret, cluster);
  }

  static boolean isSet(Tx tx, String user) throws SQLException {
    return row(tx, user).isPresent();
  }

  /** Sets a secret whose code was shown. */
  static boolean set(Tx tx, String user, String secret, String code) throws SQLException {
    long step = matching(secret, code, tx.nowMillis(), -1);
    if (step < 0) {
      return false;
    }
    return tx.update(
            """
            insert into second_factors (user_name, secret, last_step, failures, blocked_until)
            values (?, ?, ?, 0, 0) on conflict (user_name) do nothing
            """,
            user,
            secret,
            step)
        == 1;
  }

  static boolean remove(Tx tx, String user) throws SQLException {
    return tx.update("delete from second_factors where user_name = ?", user) == 1;
  }

  /** Whether a code is right now, and for the first time. */
  static boolean verify(Tx tx, String user, String code) throws SQLException {
    Optional<Row> found = row(tx, user);
    long now = tx.nowMillis();
    if (found.isEmpty() || found.get().blockedUntil > now) {
      return false;
    }
    Row row = found.get();
    long step = matching(row.secret, code, now, row.lastStep);
    if (step >= 0) {
      return tx.update(
              """
              update second_factors set last_step = ?, failures = 0
              where user_name = ? and last_step < ?
              """,
              step,
              user,
              step)
          == 1;
    }
    boolean blocked = row.failures + 1 >= MOST_FAILURES;
    tx.update(
        "update second_factors set failures = ?, blocked_until = ? where user_name = ?",
        blocked ? 0 : row.failures + 1,
        blocked ? now + BLOCK_MILLIS : 0L,
        user);
    return false;
  }

  private static Optional<Row> row(Tx tx, String user) throws SQLException {
    return tx.first(
        row -> new Row(row.getString(1), row.getLong(2), row.getInt(3), row.getLong(4)),
        "select secret, last_step, failures, blocked_until from second_factors where user_name = ?",
        user);
  }

  /** The step after {@code last} whose code it is; negative if there is none. */
  private static long matching(String secret, String code, long nowMillis, long last) {
    long now = nowMillis / 1000 / STEP_SECONDS;
    byte[] shown = code.strip().getBytes(StandardCharsets.UTF_8);
    long found = -1;
    for (long step = now - SKEW; step <= now + SKEW; step++) {
      byte[] right = code(secret, step).getBytes(StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(right, shown) && step > last) {
        found = step;
      }
    }
    return found;
  }

  /** The code of a step (RFC 4226 5.3). */
  static String code(String secret, long step) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(bytes(secret), "RAW"));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(8).putLong(step).array());
      int offset = hash[hash.length - 1] & 0xf;
      int number = ByteBuffer.wrap(hash, offset, 4).getInt() & 0x7fff_ffff;
      return "%06d".formatted(number % 1_000_000);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks HmacSHA1", e);
    }
  }

  /** RFC 4648 6, without padding. */
  private static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte one : bytes) {
      buffer = buffer << 8 | (one & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(BASE32.charAt(buffer >> bits & 31));
      }
    }
    return text.toString();
  }

  /** Whether it is a secret of our length. */
  static boolean isSecret(String text) {
    return text.matches("[A-Z2-7]{32}");
  }

  private static byte[] bytes(String base32) {
    ByteBuffer bytes = ByteBuffer.allocate(base32.length() * 5 / 8);
    int buffer = 0;
    int bits = 0;
    for (int i = 0; i < base32.length(); i++) {
      buffer = buffer << 5 | BASE32.indexOf(base32.charAt(i));
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.put((byte) (buffer >> bits));
      }
    }
    return bytes.array();
  }
}
