package dev.holdfast.stream;

/**
 * What a link has sent and the peer has not answered, seen in time: measures round trips and says
 * when silence becomes suspicious. Every progress starts the wait anew, so a slow path is not taken
 * for a dead one.
 */
final class Outstanding {
  /** A silence shorter than this is never suspicious, in nanoseconds. */
  static final long LEAST_PATIENCE = 250_000_000;

  /** Patience before the first measurement, in nanoseconds: RFC 6298 2.1. */
  static final long FIRST_PATIENCE = 1_000_000_000;

  private static final long NEVER = Long.MAX_VALUE;

  private final RoundTrip roundTrip = new RoundTrip();
  private final int leniency;
  private long waitingSince = NEVER;
  private long sampleOffset = -1;
  private long sampleAt;

  /** Nothing outstanding; patience is multiplied by {@code leniency}, at least 1. */
  Outstanding(int leniency) {
    if (leniency < 1) {
      throw new IllegalArgumentException("leniency " + leniency);
    }
    this.leniency = leniency;
  }

  /** Something is expected of the peer from now on, unless something was already. */
  void await(long now) {
    if (waitingSince == NEVER) {
      waitingSince = now;
    }
  }

  /** Bytes up to {@code offset} were sent; returns whether a measurement begins with them. */
  boolean sent(long offset, long now) {
    await(now);
    if (sampleOffset >= 0) {
      return false;
    }
    sampleOffset = offset;
    sampleAt = now;
    return true;
  }

  /**
   * The peer has everything before {@code offset}; {@code isAll} if nothing is expected of it now.
   *
   * @return what the measurement that ended with this came to, in nanoseconds; 0 if none did
   */
  long progressed(long offset, boolean isAll, long now) {
    waitingSince = isAll ? NEVER : now;
    if (sampleOffset < 0 || offset < sampleOffset) {
      return 0;
    }
    long took = Math.max(1, now - sampleAt);
    roundTrip.sample(took);
    sampleOffset = -1;
    return took;
  }

  /** Counts a round trip measured elsewhere. */
  void measured(long nanos) {
    roundTrip.sample(nanos);
  }

  /** Smoothed round-trip time in nanoseconds, 0 while unknown. */
  long roundTripNanos() {
    return roundTrip.smoothed();
  }

  /** When the peer's silence becomes suspicious; {@code Long.MAX_VALUE} if nothing is expected. */
  long suspectAt() {
    if (waitingSince == NEVER) {
      return NEVER;
    }
    long patience = roundTrip.smoothed() == 0 ? FIRST_PATIENCE : roundTrip.patience();
    return waitingSince + leniency * Math.max(LEAST_PATIENCE, patience);
  }
}
