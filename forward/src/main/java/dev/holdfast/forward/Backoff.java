package dev.holdfast.forward;

import java.time.Duration;

/**
 * When a server that could not be reached is tried again: soon at first, then less often, so that
 * nobody there takes us for an attacker. Pure; the caller locks.
 */
final class Backoff {
  private static final Duration[] WAITS = {
    Duration.ofMillis(200),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5)
  };

  /** A login that failed for another reason than the network is not tried again before. */
  static final Duration REFUSED = Duration.ofSeconds(5);

  private int failures;
  private long until;

  void succeeded() {
    failures = 0;
  }

  /** An attempt failed now; {@code mayPass} if the network may be to blame. */
  void failed(long now, boolean mayPass) {
    Duration wait = mayPass ? WAITS[Math.min(failures, WAITS.length - 1)] : REFUSED;
    failures++;
    until = now + wait.toNanos();
  }

  /** Nanoseconds until the next attempt may begin; not positive if it may at once. */
  long waitNanos(long now) {
    return failures == 0 ? 0 : until - now;
  }

  /** The network is another one: nothing stands against trying at once. */
  void forget() {
    failures = 0;
  }
}
