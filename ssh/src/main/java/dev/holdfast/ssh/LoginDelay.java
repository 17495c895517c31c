package dev.holdfast.ssh;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes each failed attempt to log in take as long as the others for the same name, whatever was
 * looked up for it: at least a few milliseconds, and more in powers of two (as OpenSSH's
 * ensure_minimum_time_since). Thread-safe.
 */
final class LoginDelay {
  private static final long LEAST_NANOS = Duration.ofMillis(5).toNanos();

  /** Doublings are bounded; an attempt that took longer than that told already what it tells. */
  private static final long MOST_NANOS = Duration.ofSeconds(10).toNanos();

  private final SecretKeySpec secret;

  LoginDelay(SecureRandom random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    secret = new SecretKeySpec(bytes, "HmacSHA256");
  }

  /** How long an attempt for {@code user} takes that would be over after {@code elapsedNanos}. */
  long nanos(String user, long elapsedNanos) {
    long nanos = LEAST_NANOS + own(user);
    while (nanos < elapsedNanos && nanos < MOST_NANOS) {
      nanos *= 2;
    }
    return nanos;
  }

  /** Waits until so much time has passed since {@code begunNanos} of {@link System#nanoTime}. */
  void await(String user, long begunNanos) {
    long end = begunNanos + nanos(user, System.nanoTime() - begunNanos);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  /** Up to 4 ms, the same for the same name, which nobody can know ahead. */
  private long own(String user) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      byte[] hash = mac.doFinal(ByteText.encode(user));
      return ((hash[0] & 0xffL) << 14) + ((hash[1] & 0xffL) << 6);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks HmacSHA256", e);
    }
  }
}
