package dev.holdfast.bench;

import java.util.Arrays;
import java.util.List;

/**
 * The values of one measure and what is said of them: the median, and the spread as least and
 * greatest. Never empty.
 */
record Figures(List<Double> values) {

  Figures {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no values");
    }
    values = List.copyOf(values);
  }

  /** Returns the middle value; of an even number, the mean of the two in the middle. */
  double median() {
    double[] sorted = sorted();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  double least() {
    return sorted()[0];
  }

  double greatest() {
    return sorted()[values.size() - 1];
  }

  /** Returns the ratios to another contender's values, each to the one of the same repetition. */
  Figures over(Figures base) {
    if (values.size() != base.values.size()) {
      throw new IllegalArgumentException(values.size() + " values over " + base.values.size());
    }
    Double[] ratios = new Double[values.size()];
    Arrays.setAll(ratios, i -> values.get(i) / base.values.get(i));
    return new Figures(List.of(ratios));
  }

  /**
   * Returns the least of the values that at least {@code percent} of all do not exceed (nearest
   * rank); {@code percent} is above 0 and at most 100.
   */
  static long percentile(long[] values, double percent) {
    if (values.length == 0 || !(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException(percent + " % of " + values.length + " values");
    }
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent * sorted.length / 100);
    return sorted[Math.max(rank, 1) - 1];
  }

  private double[] sorted() {
    return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
