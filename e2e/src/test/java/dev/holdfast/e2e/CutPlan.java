package dev.holdfast.e2e;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The bytes after which a {@link CuttingRelay} resets its connections, drawn from a seed. Caller
 * locks.
 */
final class CutPlan {
  private static final long NEVER = Long.MAX_VALUE;

  /**
   * What a connection carries in each direction while a stream is opened. A stream that is not
   * there yet does not outlive anything; afterwards, in logins and resumptions, cuts fall anywhere.
   */
  private static final long OPENING = 300;

  private final RandomGenerator random;
  private final long sparing;
  private final double growth;
  private int left;
  private double meanGap;

  private CutPlan(long seed, int cuts, double meanGap, double growth, long sparing) {
    this.sparing = sparing;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.left = cuts;
    this.meanGap = meanGap;
    this.growth = growth;
  }

  static CutPlan none() {
    return new CutPlan(0, 0, 1, 1, 0);
  }

  /** So many cuts, with gaps between one byte and twice the mean. */
  static CutPlan of(long seed, int cuts, long meanGap) {
    return new CutPlan(seed, cuts, meanGap, 1, 0);
  }

  /**
   * Cuts that are dense during the login and thin out afterwards, so that bulk is cut a few dozen
   * times, not thousands. They spare the beginning of each connection, where a stream is opened.
   */
  static CutPlan thinningOut(long seed) {
    return new CutPlan(seed, 1000, 1500, 1.25, OPENING);
  }

  /**
   * So many bytes at the beginning of each connection and direction are neither counted nor cut.
   */
  long sparing() {
    return sparing;
  }

  /** Bytes from the last cut to the next. */
  long nextGap() {
    if (left == 0) {
      return NEVER;
    }
    left--;
    long gap = 1 + random.nextLong(Math.max(1, (long) (2 * meanGap)));
    meanGap = Math.min(meanGap * growth, 1L << 40);
    return gap;
  }
}
