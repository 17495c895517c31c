package dev.holdfast.stream;

/**
 * How many bytes to hand to a connection at once: what it moves in about {@value #NANOS} ns, since
 * an acknowledgement can't overtake what was handed over before it.
 */
final class Portion {
  private static final long NANOS = 50_000_000;

  private final int least;
  private final int most;
  private int bytes;
  private long ackedBefore;

  /** At first {@code most} bytes. */
  Portion(int least, int most) {
    this.least = least;
    this.most = most;
    this.bytes = most;
  }

  int bytes() {
    return bytes;
  }

  /** A measurement begins, the peer having acknowledged {@code acked}. */
  void begin(long acked) {
    ackedBefore = acked;
  }

  /**
   * The measurement ends after {@code tookNanos}, the peer having acknowledged {@code acked}.
   * Little traffic says nothing of a path's speed, unless it was fast.
   */
  void end(long acked, long tookNanos) {
    long moved = acked - ackedBefore;
    long possible = moved * NANOS / tookNanos;
    if (moved >= bytes || possible > bytes) {
      bytes = Math.clamp(possible, least, most);
    }
  }
}
