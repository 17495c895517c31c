package dev.holdfast.link;

import java.time.Duration;

/**
 * Tells that the machine, or this process, has slept: a clock that was read every second finds that
 * much more time has passed, on the wall clock or on the monotonic one. (On Linux and macOS the
 * monotonic clock stands still in sleep, elsewhere it may not; a stopped process or a paused
 * virtual machine shows on both.)
 *
 * <p>A false alarm, such as a clock set forward, costs whoever listens one probe. Pure: readings
 * in, verdict out.
 */
final class TickGap {
  /** Between two readings a second apart, more than this is sleep. */
  static final Duration AWAKE_AT_MOST = Duration.ofSeconds(3);

  private long wallMillis;
  private long nanos;

  TickGap(long wallMillis, long nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
  }

  /** Takes a reading of both clocks; true if there was a gap since the one before. */
  boolean slept(long nowWallMillis, long nowNanos) {
    boolean gap =
        nowWallMillis - wallMillis > AWAKE_AT_MOST.toMillis()
            || nowNanos - nanos > AWAKE_AT_MOST.toNanos();
    wallMillis = nowWallMillis;
    nanos = nowNanos;
    return gap;
  }
}
