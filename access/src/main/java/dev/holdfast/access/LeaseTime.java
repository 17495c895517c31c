package dev.holdfast.access;

import java.time.Duration;

/**
 * How long a lease lasts, for the one who holds it and for those who judge it. Both measure by a
 * monotonic clock of their own; the margins are what the clocks may differ in speed, twice.
 *
 * <pre>
 *   the holder     |--renew---|--------end--|
 *                  sent       6/16        14/16 of the timeout after it sent what was answered
 *   an observer       |---------------------------|
 *                     saw the version             18/16 after it saw it first
 * </pre>
 *
 * <p>While the store is away a connection lives for another half to one timeout: at the worst it
 * was just about to be renewed.
 */
public record LeaseTime(Duration timeout) {
  /** The usual timeout. */
  public static final Duration USUAL = Duration.ofMinutes(2);

  /** The shortest one: below that a busy second ends connections. */
  public static final Duration LEAST = Duration.ofSeconds(2);

  /** The longest one. */
  public static final Duration MOST = Duration.ofDays(1);

  private static final int PARTS = 16;
  private static final int RENEW = 6;
  private static final int END = 14;
  private static final int DEAD = 18;

  public LeaseTime {
    if (timeout.compareTo(LEAST) < 0 || timeout.compareTo(MOST) > 0) {
      throw new InvalidRecordException(
          "The session control timeout is %ds to %dh."
              .formatted(LEAST.toSeconds(), MOST.toHours()));
    }
  }

  /** After so long the holder renews it. */
  public long renewNanos() {
    return timeout.toNanos() / PARTS * RENEW;
  }

  /** After so long without an answer the holder has ended the connection. */
  public long endNanos() {
    return timeout.toNanos() / PARTS * END;
  }

  /** A version that an observer has seen for so long is that of a dead lease. */
  public long deadNanos() {
    return timeout.toNanos() / PARTS * DEAD;
  }
}
