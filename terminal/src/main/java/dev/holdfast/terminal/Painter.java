package dev.holdfast.terminal;

/**
 * Writes bytes that change cells of a terminal which is in the state of a model, and leave all else
 * as it is: cursor, pen, modes. The cursor goes to other rows only on firm {@link Footing}. For one
 * painting.
 */
final class Painter {
  /** What follows it would be joined to it (U+200D). */
  private static final int JOINER = 0x200d;

  private final Screen screen;
  private final Ink ink;
  private final RowInk rows;
  private boolean begun;

  /** Where the cursor is in the terminal, or -1 where that is not known. */
  private int atRow;

  private int atColumn = -1;

  Painter(Screen screen, Ink ink) {
    this.screen = screen;
    this.ink = ink;
    rows = new RowInk(ink);
    atRow = screen.y;
  }

  /** Whether a terminal in that state can be painted on and be left as it was. */
  static boolean isPossible(Terminal model) {
    Screen screen = model.screen;
    return model.parser.isAtRest()
        && screen.singleShift < 0
        && screen.last != JOINER
        && !screen.is(Mode.SYNCHRONIZED)
        // Leaving origin mode takes the cursor to the top.
        && (screen.footing.isFirm() || !screen.is(Mode.ORIGIN));
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    if (screen.is(Mode.INSERT)) {
      Mode.INSERT.print(ink, false);
    }
    if (screen.is(Mode.ORIGIN)) {
      Mode.ORIGIN.print(ink, false);
      atRow = -1;
    }
    if (!screen.charsets.equals(Charsets.ASCII)) {
      ink.add("\033(B\017");
    }
    ink.add("\033[m");
    if (screen.pen.link() != null) {
      ink.add("\033]8;;\033\\");
    }
  }

  private void move(int row, int column) {
    if (row != atRow) {
      ink.csi(row + 1, column + 1, 'H');
    } else if (column != atColumn) {
      ink.csi(column + 1, 'G');
    }
    atRow = row;
    atColumn = column;
  }

  /** A character where the model has another. */
  void put(int row, int column, int text, long style) {
    begin();
    move(row, column);
    if (text == Row.BLANK) {
      rows.style(Style.erased(style), 0);
      ink.csi(1, 'X');
    } else {
      rows.style(style, 0);
      ink.codePoint(text);
      atColumn = column + 1 < screen.columns() ? column + 1 : -1;
    }
  }

  /** Text where the model has others; none of its characters is wide. */
  void text(int row, int column, String text, long style) {
    for (int i = 0; i < text.length(); i++) {
      put(row, column + i, text.charAt(i), style);
    }
  }

  /** Cells as the model has them; no wide character reaches over their edges. */
  void restore(int row, int from, int to) {
    begin();
    Row cells = screen.grid.row(row);
    for (int column = from; column < to; column++) {
      int text = cells.text[column];
      if (text == Row.BLANK) {
        put(row, column, text, cells.style[column]);
      } else if (text != Row.TAIL) {
        move(row, column);
        rows.cell(cells, column, text);
        atColumn = -1;
      }
    }
  }

  /** What is right of the cursor and below it goes. */
  void clearBehind() {
    begin();
    move(screen.y, screen.x);
    ink.add("\033[J");
  }

  /** The cursor to another column of its row, with all else as the model has it. */
  void end(int column) {
    begin();
    modes(column, false);
  }

  /** Everything as the model has it. */
  void end() {
    begin();
    modes(screen.x, true);
  }

  private void modes(int column, boolean exactly) {
    rows.finish();
    int row = screen.y;
    if (screen.is(Mode.ORIGIN)) {
      Mode.ORIGIN.print(ink, true);
      atRow = -1;
      row -= screen.top;
    }
    int again = exactly ? again() : -1;
    if (again < 0) {
      atColumn = -1;
      move(row, column);
    } else {
      move(row, again);
      Row cells = screen.grid.row(screen.y);
      rows.cell(cells, again, cells.text[again]);
      rows.finish();
    }
    rows.style(screen.pen.style(), screen.pen.underline());
    rows.link(screen.pen.link());
    if (!screen.charsets.equals(Charsets.ASCII)) {
      charsets(screen.charsets);
    }
    if (screen.is(Mode.INSERT)) {
      Mode.INSERT.print(ink, true);
    }
  }

  /**
   * The column of what was printed last, or -1: printed once more it brings the wrap back that is
   * pending, and a mark that follows finds what it belongs to.
   */
  private int again() {
    if (!screen.pending && screen.last == 0) {
      return -1;
    }
    int column = screen.before();
    int text = column < 0 ? Row.BLANK : screen.grid.row(screen.y).text[column];
    boolean fits = screen.pending || column + (text & Row.WIDE) / Row.WIDE + 1 == screen.x;
    boolean known = text != Row.BLANK && text != Row.TAIL && text != Row.UNKNOWN;
    return known && fits ? column : -1;
  }

  private void charsets(Charsets wanted) {
    ink.add("\033(").add(wanted.name(0));
    switch (wanted.shift()) {
      case 0 -> {}
      case 1 -> ink.add(0x0e);
      case 2 -> ink.add("\033n");
      default -> ink.add("\033o");
    }
  }

  /** The painted style of a guess. */
  static long underlined(long style) {
    return Style.withUnderline(style, 1);
  }
}
