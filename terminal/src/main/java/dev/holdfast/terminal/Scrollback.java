package dev.holdfast.terminal;

/**
 * The lines that left the screen at its top, as the bytes that print them, in a ring: the oldest go
 * when it is full. Rows are apart by CR LF, or by one NUL where a line went on in the next row
 * because the first was full; neither occurs in a row. Each begins in default style.
 *
 * <p>A byte's offset counts from the first that was ever added. Confined to its terminal.
 */
final class Scrollback {
  static final byte WRAP = 0;

  private static final byte[] NEXT_LINE = {'\r', '\n'};
  private static final byte[] WRAPPED = {WRAP};
  private static final int FIRST_CAPACITY = 4096;

  private final int bound;
  private byte[] ring;
  private long written;
  private long cleared;

  /** Whether the last row filled its width, for a narrow or a wide character behind it. */
  private boolean full;

  private boolean fullForWide;

  /**
   * None yet.
   *
   * @param bound most bytes that are kept
   */
  Scrollback(int bound) {
    this.bound = bound;
    ring = new byte[Math.min(bound, FIRST_CAPACITY)];
  }

  /** The offset behind the last byte. */
  long end() {
    return written;
  }

  boolean isEmpty() {
    return written == cleared;
  }

  /** How many bytes of memory it has. */
  int capacity() {
    return ring.length;
  }

  void clear() {
    cleared = written;
    full = false;
    fullForWide = false;
  }

  /** Whether {@code row} goes on with the line that the last row here began. */
  boolean isContinuedBy(Row row) {
    return !isEmpty()
        && row.continued
        && row.text[0] != Row.BLANK
        && (row.isWide(0) ? fullForWide : full);
  }

  /** The row, whose bytes are {@code printed}. */
  void add(Row row, Ink printed) {
    separate(isContinuedBy(row));
    full = row.isFull(false);
    fullForWide = row.isFull(true);
    write(printed.array(), 0, printed.length());
  }

  /** Whole rows of plain text with CR LF between them. */
  void add(byte[] rows, int from, int to) {
    separate(false);
    write(rows, from, to);
    full = false;
    fullForWide = false;
  }

  /**
   * Adds to {@code ink} what prints the rows behind an offset, where a row ended, or from the
   * oldest that is still whole.
   *
   * @return whether there was anything; the last row is not ended
   */
  boolean print(long offset, Ink ink) {
    long oldest = Math.max(cleared, written - ring.length);
    long from = Math.max(oldest, offset);
    if (from != cleared) {
      from = behindSeparator(from);
    }
    for (long at = from; at < written; at++) {
      byte b = ring[index(at)];
      if (b != WRAP) {
        ink.add(b);
      }
    }
    return from < written;
  }

  /** All bytes, for tests of what is kept. */
  byte[] kept() {
    long from = Math.max(cleared, written - ring.length);
    byte[] all = new byte[(int) (written - from)];
    for (int i = 0; i < all.length; i++) {
      all[i] = ring[index(from + i)];
    }
    return all;
  }

  private long behindSeparator(long from) {
    for (long at = from; at < written; at++) {
      byte b = ring[index(at)];
      if (b == '\n' || b == WRAP) {
        return at + 1;
      }
    }
    return written;
  }

  private void separate(boolean continued) {
    if (!isEmpty()) {
      byte[] separator = continued ? WRAPPED : NEXT_LINE;
      write(separator, 0, separator.length);
    }
  }

  private void write(byte[] source, int from, int to) {
    int count = Math.min(to - from, bound);
    int skipped = to - from - count;
    grow(written - Math.max(cleared, written - ring.length) + count);
    written += skipped;
    int at = index(written);
    int first = Math.min(count, ring.length - at);
    System.arraycopy(source, to - count, ring, at, first);
    System.arraycopy(source, to - count + first, ring, 0, count - first);
    written += count;
  }

  private void grow(long wanted) {
    if (wanted <= ring.length || ring.length == bound) {
      return;
    }
    int capacity = (int) Math.min(bound, Math.max(2L * ring.length, wanted));
    byte[] kept = kept();
    byte[] larger = new byte[capacity];
    long from = written - kept.length;
    for (int i = 0; i < kept.length; i++) {
      larger[(int) ((from + i) % capacity)] = kept[i];
    }
    ring = larger;
  }

  private int index(long offset) {
    return (int) (offset % ring.length);
  }
}
