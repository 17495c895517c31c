package dev.holdfast.terminal;

/**
 * The parameters of one control sequence, ECMA-48 5.4.2: numbers apart by semicolons, and parts of
 * one parameter apart by colons (ITU T.416). Confined to its parser.
 */
final class Parameters {
  /** Most numbers that count; further ones are dropped. */
  static final int MOST = 32;

  /** Largest number; what is larger is taken for it. */
  static final int LARGEST = 65_535;

  private static final int MISSING = -1;

  private final int[] values = new int[MOST];
  private int parts;
  private int count;
  private boolean dropping;

  void clear() {
    count = 1;
    values[0] = MISSING;
    parts = 0;
    dropping = false;
  }

  void digit(int digit) {
    if (!dropping) {
      int before = Math.max(values[count - 1], 0);
      values[count - 1] = Math.min(10 * before + digit, LARGEST);
    }
  }

  /** A semicolon, or a colon. */
  void next(boolean part) {
    if (count == MOST) {
      dropping = true;
      return;
    }
    values[count] = MISSING;
    if (part) {
      parts |= 1 << count;
    }
    count++;
  }

  int count() {
    return count;
  }

  /** Whether nothing was read yet. */
  boolean isFresh() {
    return count == 1 && values[0] == MISSING;
  }

  /** The number at {@code index}, or {@code otherwise} where it is missing. */
  int get(int index, int otherwise) {
    return index < count && values[index] != MISSING ? values[index] : otherwise;
  }

  /** The same for what counts something: 0 means 1 too. */
  int count(int index) {
    return Math.max(1, get(index, 1));
  }

  /** Whether the number at {@code index} belongs to the one before it. */
  boolean isPart(int index) {
    return index < count && (parts & 1 << index) != 0;
  }
}
