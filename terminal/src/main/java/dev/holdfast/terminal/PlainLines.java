package dev.holdfast.terminal;

/**
 * The short way for floods: whole lines of plain ASCII that would pass over the screen go to the
 * scrollback as the bytes they are, without a cell being written; only the last screenful is
 * printed. What is kept is the same. Confined to its terminal.
 */
final class PlainLines {
  /** Fewer bytes are not worth looking at twice. */
  private static final int LEAST_BYTES = 512;

  private final Screen screen;

  /** Where the last search ended, in the bytes that it was given. */
  private int scanned;

  PlainLines(Screen screen) {
    this.screen = screen;
  }

  int scanned() {
    return scanned;
  }

  /** Whether a line begins here that leaves the screen in the end by nothing but its like. */
  boolean canBegin(int bytes) {
    return bytes >= LEAST_BYTES && screen.x == 0 && screen.y == screen.rows() - 1 && isPlain();
  }

  /**
   * Passes what it can.
   *
   * @return up to where, with the cursor in the first column; {@code from} if that was nothing
   */
  int pass(byte[] bytes, int from, int to) {
    int lines = 0;
    int column = 0;
    int end = from;
    int i = from;
    for (; i < to; i++) {
      byte b = bytes[i];
      if (b >= 0x20 && b != 0x7f) {
        if (++column > screen.columns()) {
          break;
        }
      } else if (b == '\r' && i + 1 < to && bytes[i + 1] == '\n') {
        i++;
        lines++;
        column = 0;
        end = i + 1;
      } else {
        break;
      }
    }
    scanned = end == from ? i : end;
    int printed = screen.rows() - 1;
    return lines > printed ? pass(bytes, from, end, printed) : from;
  }

  private int pass(byte[] bytes, int from, int end, int printed) {
    int to = beginOfLast(printed, bytes, end);
    Grid grid = screen.grid;
    for (int y = 0; y < printed; y++) {
      grid.keep(grid.row(y));
    }
    // Without the last line's end, which comes when the next one is added.
    grid.keep(bytes, from, to - 2);
    grid.clear(0, screen.rows(), Style.DEFAULT);
    screen.y = 0;
    screen.last = 0;
    if (printed == 0) {
      screen.y = screen.rows() - 1;
    }
    return to;
  }

  private static int beginOfLast(int lines, byte[] bytes, int end) {
    int at = end;
    for (int i = 0; i < lines; i++) {
      at -= 2;
      while (bytes[at - 1] != '\n') {
        at--;
      }
    }
    return at;
  }

  private boolean isPlain() {
    return screen.grid.keepsScrollback()
        && screen.top == 0
        && screen.bottom == screen.rows() - 1
        && screen.pen.isDefault()
        && screen.charsets.isPlain()
        && screen.singleShift < 0
        && screen.is(Mode.AUTOWRAP)
        && !screen.is(Mode.INSERT)
        && screen.grid.row(screen.y).end() == 0
        && !screen.grid.row(screen.y).continued;
  }
}
