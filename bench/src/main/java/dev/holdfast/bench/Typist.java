package dev.holdfast.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Somebody who types lines at a shell's prompt and looks at what the terminal shows of them.
 * Confined to one thread.
 */
final class Typist {
  /** What ends the prompt, and begins a line. */
  static final String PROMPT = "ready> ";

  private static final long BETWEEN_KEYS_MIN_MILLIS = 120;
  private static final long BETWEEN_KEYS_MAX_MILLIS = 280;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long SHOWN_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final WatchedTerminal terminal;
  private final RandomGenerator gaps;
  private final List<Long> delays = new ArrayList<>();
  private final List<Long> wrongs = new ArrayList<>();
  private int shown;
  private long wrongSince;

  /** One at that terminal, whose pauses between keys are drawn from {@code gaps}. */
  Typist(WatchedTerminal terminal, RandomGenerator gaps) {
    this.terminal = terminal;
    this.gaps = gaps;
  }

  /**
   * What was seen.
   *
   * @param delays of each key, in nanoseconds, until it was shown
   * @param wrongs how long each thing was shown that no key had made, in nanoseconds
   */
  record Seen(List<Long> delays, List<Long> wrongs) {
    Seen {
      delays = List.copyOf(delays);
      wrongs = List.copyOf(wrongs);
    }

    /** The share of keys that were shown within so many milliseconds, in per cent. */
    double within(long millis) {
      long most = TimeUnit.MILLISECONDS.toNanos(millis);
      return 100.0 * delays.stream().filter(each -> each <= most).count() / delays.size();
    }

    /** How many things were wrong for longer. */
    long wrongFor(long millis) {
      long most = TimeUnit.MILLISECONDS.toNanos(millis);
      return wrongs.stream().filter(each -> each > most).count();
    }
  }

  Seen seen() {
    return new Seen(delays, wrongs);
  }

  /** Waits for the prompt on the cursor's line, types the line, and Return once all is shown. */
  void type(TypedLine line) throws IOException {
    int row = awaitPrompt();
    shown = 0;
    long[] typedAt = new long[line.keys().length() + 1];
    for (int typed = 1; typed <= line.keys().length(); typed++) {
      typedAt[typed] = System.nanoTime();
      terminal.type(line.keys().substring(typed - 1, typed));
      long gap = gaps.nextLong(BETWEEN_KEYS_MIN_MILLIS, BETWEEN_KEYS_MAX_MILLIS);
      long until = typedAt[typed] + TimeUnit.MILLISECONDS.toNanos(gap);
      do {
        look(line, row, typed, typedAt);
      } while (System.nanoTime() < until);
    }
    int all = line.keys().length();
    long deadline = System.nanoTime() + SHOWN_MAX_NANOS;
    while (shown < all) {
      if (System.nanoTime() > deadline) {
        throw new IOException("“" + line.states().getLast() + "” is not shown, but " + text(row));
      }
      look(line, row, all, typedAt);
    }
    terminal.type("\r");
  }

  private int awaitPrompt() throws IOException {
    long deadline = System.nanoTime() + SHOWN_MAX_NANOS;
    while (true) {
      int[] at = terminal.cursor();
      if (at[0] == PROMPT.length() && text(at[1]).equals(PROMPT.strip())) {
        return at[1];
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("there is no prompt, but " + String.join("\n", terminal.screen()));
      }
      terminal.awaitOutput(LOOK_NANOS);
    }
  }

  private String text(int row) throws IOException {
    List<String> lines = terminal.screen();
    return row < lines.size() ? lines.get(row) : "";
  }

  private void look(TypedLine line, int row, int typed, long[] typedAt) throws IOException {
    String text = text(row);
    int column = terminal.cursor()[0] - PROMPT.length();
    long now = System.nanoTime();
    int count = line.keysShown(typedText(text, column), shown, typed);
    if (count < 0) {
      wrongSince = wrongSince == 0 ? now : wrongSince;
    } else if (wrongSince != 0) {
      wrongs.add(now - wrongSince);
      wrongSince = 0;
    }
    while (shown < count) {
      delays.add(now - typedAt[++shown]);
    }
    if (shown < typed || wrongSince != 0) {
      terminal.awaitOutput(LOOK_NANOS);
    } else {
      terminal.awaitOutput(4 * LOOK_NANOS);
    }
  }

  /**
   * What stands behind the prompt up to the cursor, blanks at its end too; all if there is more.
   */
  private static String typedText(String text, int column) {
    String behind = text.length() > PROMPT.length() ? text.substring(PROMPT.length()) : "";
    return behind.length() >= column ? behind : behind + " ".repeat(column - behind.length());
  }
}
