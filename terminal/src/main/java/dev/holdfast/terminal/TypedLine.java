package dev.holdfast.terminal;

import org.jspecify.annotations.Nullable;

/**
 * The keys since the last one of which nobody knows what it does: characters, and backspaces that
 * took some of them back. By what a line editor would make of them the line is found again on the
 * screen, wherever it begins there, however much of it the host has echoed. Confined to its
 * predictor.
 */
final class TypedLine {
  /** Most keys; of a longer line only what comes behind them is known. */
  static final int MOST = 256;

  private static final int ERASE = -1;

  private final int[] keys = new int[MOST];
  private int count;

  /** How many of the keys are in the line. */
  private int length;

  /** The number of the last key. */
  private long last;

  /**
   * Where the line was found.
   *
   * @param begin the column of its first character
   * @param keys how many keys of it were answered, at least
   */
  record Found(int begin, int keys) {}

  void clear() {
    count = 0;
    length = 0;
  }

  int count() {
    return count;
  }

  /** A character was typed, as key {@code number}. */
  void print(int c, long number) {
    if (count == MOST) {
      clear();
    }
    keys[count++] = c;
    length++;
    last = number;
  }

  /** What was typed before the line may be erased, too; it begins anew then. */
  void erase(long number) {
    if (count == MOST || length == 0) {
      clear();
      return;
    }
    keys[count++] = ERASE;
    length--;
    last = number;
  }

  boolean isErase(int index) {
    return keys[index] == ERASE;
  }

  int character(int index) {
    return keys[index];
  }

  /** The number of one of its keys. */
  long number(int index) {
    return last - count + 1 + index;
  }

  /**
   * The longest text that some of the keys, with the first one to begin with, would have made, and
   * that stands right before the cursor; null if none does.
   */
  @Nullable Found find(Row row, int cursor) {
    int[] text = new int[count];
    int at = 0;
    int longest = 0;
    int used = 0;
    for (int i = 0; i < count; i++) {
      if (keys[i] == ERASE) {
        at--;
      } else {
        text[at++] = keys[i];
      }
      if (at > longest && at <= cursor && stands(text, at, row, cursor - at)) {
        longest = at;
        used = i + 1;
      }
    }
    return longest == 0 ? null : new Found(cursor - longest, used);
  }

  private static boolean stands(int[] text, int length, Row row, int from) {
    for (int i = length - 1; i >= 0; i--) {
      if (!isThere(text[i], row.text[from + i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean isThere(int typed, int actual) {
    return typed == actual || (typed == ' ' && Guess.isBlank(actual));
  }
}
