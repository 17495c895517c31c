package dev.holdfast.bench;

/**
 * TCP's timer: when a segment that was lost goes out again (RFC 6298, with Linux' bounds).
 *
 * <p>The first retransmission comes one round trip and 200 ms after the first sending, and each
 * wait doubles, up to 120 s. Tail loss probes (RFC 8985 7) are left out: one more try soon after
 * the loss.
 */
final class Retransmission {
  private static final long TIMEOUT_MIN_NANOS = 200_000_000L;
  private static final long TIMEOUT_MAX_NANOS = 120_000_000_000L;

  private Retransmission() {}

  /**
   * Returns the first sending of a segment, first sent at {@code sent}, that is not before {@code
   * from}.
   */
  static long atOrAfter(long from, long sent, long roundTripNanos) {
    long again = sent;
    long timeout = roundTripNanos + TIMEOUT_MIN_NANOS;
    while (again - from < 0) {
      again += timeout;
      timeout = Math.min(2 * timeout, TIMEOUT_MAX_NANOS);
    }
    return again;
  }
}
