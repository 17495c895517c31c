package dev.holdfast.terminal;

/**
 * Writes what a terminal is like beside its cells: cursor, scroll region, modes, sets of
 * characters, title, colours. Confined to one repaint.
 */
final class Posture {
  private final Terminal terminal;
  private final Screen screen;
  private final Ink ink;
  private final RowInk rows;

  Posture(Terminal terminal, Ink ink, RowInk rows) {
    this.terminal = terminal;
    this.ink = ink;
    this.rows = rows;
    screen = terminal.screen;
  }

  /**
   * Ends whatever was begun, and sets everything to what it is at first, in the main screen; the
   * cursor stays in its row. Not RIS, which would clear the terminal's own scrollback.
   */
  static void reset(Ink ink) {
    ink.add(0x18).add("\033\\");
    ink.mode(Screen.ALTERNATE_CLEARED, false);
    // DECSTBM moves the cursor, and DECSTR does not set the region in all terminals.
    ink.add("\0337\033[r\0338\033[!p");
    ink.add("\033[m\033]8;;\033\\\033(B\033)B\033*B\033+B\017");
    ink.add("\033]104\033\\\033]110\033\\\033]111\033\\\033]112\033\\");
    ink.add("\033[<99u\033[>4m\033[0 q");
    for (Mode mode : Mode.values()) {
      // DECOM would move the cursor, and DECSTR has reset it; the others are only set if wanted.
      if (mode != Mode.ORIGIN && mode != Mode.ALTERNATE_SCROLL && mode != Mode.CURSOR_BLINK) {
        mode.print(ink, Mode.AT_FIRST.contains(mode));
      }
    }
  }

  /** To the alternate screen, by the mode that the program chose, which decides on its return. */
  void enterAlternate() {
    if (screen.alternateMode == Screen.ALTERNATE_SAVED) {
      take(screen.main, screen.mainSaved);
      ink.mode(Screen.ALTERNATE_SAVED, true);
      leave(screen.mainSaved);
    } else {
      save(screen.main, screen.mainSaved);
      ink.mode(screen.alternateMode, true);
    }
  }

  /** DECSC of what is saved for the screen that is shown, whose rows are painted. */
  void save(Grid grid, Saved saved) {
    if (!saved.equals(Saved.HOME)) {
      take(grid, saved);
      ink.add("\0337");
      leave(saved);
    }
  }

  /** The scroll region and the cursor. */
  void place() {
    margins();
    origin(screen.is(Mode.ORIGIN));
    position(screen.grid, screen.x, screen.y, screen.pending, screen.is(Mode.ORIGIN));
  }

  /** Everything that does not move the cursor. */
  void assume() {
    rows.style(screen.pen.style(), screen.pen.underline());
    rows.link(screen.pen.link());
    charsets(screen.charsets);
    assumeInput();
    for (Mode mode : Mode.values()) {
      boolean on = screen.is(mode);
      if (isOutput(mode) && mode != Mode.ORIGIN && on != Mode.AT_FIRST.contains(mode)) {
        mode.print(ink, on);
      }
    }
    if (screen.singleShift >= 0) {
      ink.add(0x1b).add(screen.singleShift == 2 ? 'N' : 'O');
    }
  }

  /** What does not depend on the window's size: keys and mouse, title, colours, cursor. */
  void assumeInput() {
    for (Mode mode : Mode.values()) {
      if (!isOutput(mode) && !Mode.TRANSIENT.contains(mode) && screen.is(mode)) {
        mode.print(ink, true);
      }
    }
    terminal.keyboard.printOtherKeys(ink);
    terminal.titles.print(ink);
    terminal.palette.print(ink);
    if (terminal.sequences.cursorStyle != 0) {
      ink.add("\033[").number(terminal.sequences.cursorStyle).add(" q");
    }
    if (screen.is(Mode.CURSOR_VISIBLE)) {
      Mode.CURSOR_VISIBLE.print(ink, true);
    }
  }

  /** Whether a mode changes what bytes do on the screen, which matters in equal sizes only. */
  private static boolean isOutput(Mode mode) {
    return switch (mode) {
      case INSERT, NEW_LINE, ORIGIN, AUTOWRAP, CURSOR_VISIBLE -> true;
      case APPLICATION_CURSOR,
          REVERSE_VIDEO,
          CURSOR_BLINK,
          APPLICATION_KEYPAD,
          MOUSE_PRESS,
          MOUSE,
          MOUSE_DRAG,
          MOUSE_MOTION,
          FOCUS,
          MOUSE_UTF8,
          MOUSE_SGR,
          ALTERNATE_SCROLL,
          MOUSE_URXVT,
          MOUSE_PIXELS,
          BRACKETED_PASTE,
          SYNCHRONIZED,
          COLOUR_SCHEME,
          RESIZE_REPORT ->
          false;
    };
  }

  private void take(Grid grid, Saved saved) {
    if (saved.origin()) {
      margins();
      origin(true);
    }
    position(grid, saved.x(), saved.y(), saved.pending(), saved.origin());
    rows.style(saved.style(), saved.underline());
    charsets(saved.charsets());
  }

  private void leave(Saved saved) {
    rows.finish();
    charsets(Charsets.ASCII);
    if (saved.origin()) {
      origin(false);
      ink.add("\033[r");
    }
  }

  private void margins() {
    if (screen.top != 0 || screen.bottom != screen.rows() - 1) {
      ink.csi(screen.top + 1, screen.bottom + 1, 'r');
    }
  }

  private void origin(boolean on) {
    Mode.ORIGIN.print(ink, on);
  }

  /** What is pending comes back by printing the row's last character once more. */
  private void position(Grid grid, int column, int y, boolean pending, boolean origin) {
    int line = Math.min(y, grid.rows() - 1);
    Row row = grid.row(line);
    int x = Math.min(column, row.columns() - 1);
    boolean again = pending && x == row.columns() - 1 && row.text[x] != Row.BLANK;
    int at = again && row.text[x] == Row.TAIL ? x - 1 : x;
    int from = origin ? screen.top : 0;
    ink.csi(Math.max(1, line - from + 1), at + 1, 'H');
    if (again) {
      rows.cell(row, at, row.text[at]);
      rows.finish();
    }
  }

  private void charsets(Charsets wanted) {
    if (wanted.equals(Charsets.ASCII)) {
      ink.add("\033(B\033)B\033*B\033+B\017");
      return;
    }
    for (int i = 0; i < 4; i++) {
      ink.add(0x1b).add("()*+".charAt(i)).add(wanted.name(i));
    }
    switch (wanted.shift()) {
      case 0 -> ink.add(0x0f);
      case 1 -> ink.add(0x0e);
      case 2 -> ink.add("\033n");
      default -> ink.add("\033o");
    }
  }
}
