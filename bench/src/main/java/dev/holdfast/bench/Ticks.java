package dev.holdfast.bench;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The numbered lines that a terminal holds, in their order.
 *
 * @param numbers from 1
 */
record Ticks(List<Integer> numbers) {
  private static final Pattern LINE = Pattern.compile("tick-(\\d{1,9})-");

  Ticks {
    numbers = List.copyOf(numbers);
  }

  /**
   * What became of some lines.
   *
   * @param lost those that are not held
   * @param doubled those that are held again
   */
  record Tally(int lost, int doubled) {}

  /** Finds them among what a terminal holds. */
  static Ticks of(List<String> lines) {
    return new Ticks(
        lines.stream()
            .map(LINE::matcher)
            .filter(Matcher::find)
            .map(match -> Integer.valueOf(match.group(1)))
            .toList());
  }

  /** The greatest number; 0 if there is none. */
  int highest() {
    return numbers.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Counts those of a range, both ends within. */
  Tally between(int first, int last) {
    int[] times = new int[Math.max(last - first + 1, 0)];
    numbers.stream()
        .filter(number -> number >= first && number <= last)
        .forEach(number -> times[number - first]++);
    int lost = (int) Arrays.stream(times).filter(each -> each == 0).count();
    return new Tally(lost, IntStream.of(times).map(each -> Math.max(each - 1, 0)).sum());
  }
}
