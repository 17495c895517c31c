package dev.holdfast.terminal;

import java.util.Arrays;

/**
 * What a cell is thought to hold once the host has answered the keys so far. Confined to its
 * predictor.
 */
final class Guess {
  /** Most contents that a cell is remembered to have had; older ones are forgotten. */
  private static final int MOST_BEFORE = 32;

  /** How a guess stands. */
  enum Verdict {
    /** The host has not had the time to answer. */
    PENDING,
    /** It holds what was guessed, and did not before. */
    RIGHT,
    /** It is over and says nothing: it was a blank, or the cell held the same before. */
    VOID,
    WRONG
  }

  private int[] before = new int[4];
  private int befores;

  boolean active;

  /** That it will hold something else, but not what. */
  boolean unknown;

  int text;
  long style;

  /** It is shown if a guess of this epoch or a later one was right. */
  int epoch;

  /** The number of the key behind which the host must have answered. */
  long key;

  long madeNanos;

  /**
   * Guessed anew; what it held before, by guess or in truth, will prove nothing when it is there.
   */
  void begin(int actual, int epoch, long key, long nanos) {
    if (!active || unknown) {
      befores = 0;
    } else {
      remember(text);
    }
    remember(actual);
    active = true;
    unknown = false;
    this.epoch = epoch;
    this.key = key;
    madeNanos = nanos;
  }

  void end() {
    active = false;
    unknown = false;
    befores = 0;
  }

  boolean isBlank() {
    return isBlank(text);
  }

  static boolean isBlank(int text) {
    return text == Row.BLANK || text == ' ';
  }

  /**
   * How it stands with {@code actual} in its cell.
   *
   * @param answered the number of the last key that the host had the time to answer
   */
  Verdict verdict(int actual, long answered) {
    boolean due = answered >= key;
    boolean same = actual == text || (isBlank() && isBlank(actual));
    if (same && !unknown && !isBlank() && !held(actual)) {
      return Verdict.RIGHT;
    }
    if (!due) {
      return Verdict.PENDING;
    }
    return unknown || same || isBlank() ? Verdict.VOID : Verdict.WRONG;
  }

  private boolean held(int actual) {
    for (int i = 0; i < befores; i++) {
      if (before[i] == actual) {
        return true;
      }
    }
    return false;
  }

  private void remember(int held) {
    if (befores == MOST_BEFORE) {
      System.arraycopy(before, 1, before, 0, --befores);
    } else if (befores == before.length) {
      before = Arrays.copyOf(before, 2 * befores);
    }
    before[befores++] = held;
  }
}
