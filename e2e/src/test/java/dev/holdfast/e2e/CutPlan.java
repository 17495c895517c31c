package dev.holdfast.e2e;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The bytes after which a {@link CuttingRelay} resets its connections, drawn from a seed. Caller
 * locks.
 */
final class CutPlan {
  private static final long NEVER = Long.MAX_VALUE;

  private final RandomGenerator random;
  private final double growth;
  private int left;
  private double meanGap;

  private CutPlan(long seed, int cuts, double meanGap, double growth) {
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    this.left = cuts;
    this.meanGap = meanGap;
    this.growth = growth;
  }

  static CutPlan none() {
    return new CutPlan(0, 0, 1, 1);
  }

  /** So many cuts, with gaps between one byte and twice the mean. */
  static CutPlan of(long seed, int cuts, long meanGap) {
    return new CutPlan(seed, cuts, meanGap, 1);
  }

  /**
   * Cuts that are dense during the login and thin out afterwards, so that bulk is cut a few dozen
   * times, not thousands.
   */
  static CutPlan thinningOut(long seed) {
    return new CutPlan(seed, 1000, 1500, 1.25);
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
