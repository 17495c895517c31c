package dev.holdfast.stream;

/**
 * The smoothed round-trip time of a link and its variation, as RFC 6298 2 computes them. In
 * nanoseconds.
 */
final class RoundTrip {
  private long smoothed;
  private long variation;

  /** Counts one measurement. */
  void sample(long nanos) {
    if (smoothed == 0) {
      smoothed = Math.max(1, nanos);
      variation = nanos / 2;
      return;
    }
    variation += (Math.abs(smoothed - nanos) - variation) / 4;
    smoothed = Math.max(1, smoothed + (nanos - smoothed) / 8);
  }

  /** The smoothed time, 0 before the first measurement. */
  long smoothed() {
    return smoothed;
  }

  /** How long an answer may reasonably take: a few round trips. */
  long patience() {
    return 4 * smoothed + 4 * variation;
  }
}
