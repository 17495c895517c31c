package dev.holdfast.terminal;

/**
 * The bytes that bring another terminal to the state of this one: lines that left the screen are
 * printed so that the terminal's own scrollback holds them, then come the screen, and in the
 * alternate screen that one over the main one, then cursor, modes, title and colours, and last what
 * a program has only begun to write. Nothing in them asks the terminal for an answer.
 *
 * <p>What is not restored: a synchronized update (mode 2026) that is under way, and what REP would
 * repeat.
 */
public final class Repaint {
  /** Where in the other terminal it begins. */
  public enum From {
    /** At its cursor: what it showed before goes up into its own scrollback. */
    CURSOR,
    /** At the top of its screen, whose content is dropped. */
    TOP
  }

  private final Terminal terminal;
  private final Screen screen;
  private final Size window;
  private final Ink ink = new Ink();
  private final RowInk rows = new RowInk(ink);
  private final Posture posture;

  private Repaint(Terminal terminal, Size window) {
    this.terminal = terminal;
    this.window = window;
    screen = terminal.screen;
    posture = new Posture(terminal, ink, rows);
  }

  /**
   * The bytes for a terminal of size {@code window}. If that is the size of the one that is
   * repainted, both are in the same state then, and go on so with the same bytes. Otherwise it
   * shows what it has room for, around the cursor, and must be repainted after every change.
   *
   * @param scrollbackOffset the lines behind it are printed: 0 for all that there are, or what
   *     {@link Terminal#scrollbackEnd} was when the other terminal knew all
   */
  public static byte[] of(Terminal terminal, Size window, From from, long scrollbackOffset) {
    Repaint repaint = new Repaint(terminal, window);
    repaint.paint(from, scrollbackOffset);
    return repaint.ink.toBytes();
  }

  /** What leaves a terminal as a shell would like to find it, with the cursor in its last line. */
  public static byte[] farewell() {
    Ink ink = new Ink();
    Posture.reset(ink);
    ink.add("\033[?25h\033[999;1H\r\n");
    return ink.toBytes();
  }

  private void paint(From from, long scrollbackOffset) {
    boolean exact = window.equals(terminal.size());
    Posture.reset(ink);
    screen.tabs.print(ink);
    ink.add("\033[?25l");
    ink.add(from == From.CURSOR ? "\r\033[J" : "\033[H\033[J");
    boolean lines = terminal.scrollback.print(scrollbackOffset, ink);
    if (exact) {
      paintExactly(lines);
    } else {
      paintWindow(lines || from == From.CURSOR);
    }
  }

  private void paintExactly(boolean lines) {
    if (lines && !screen.main.isContinued(0)) {
      ink.add("\r\n");
    }
    flow(screen.main);
    keyboard(false);
    if (screen.alternate == null) {
      posture.save(screen.main, screen.mainSaved);
    } else {
      posture.enterAlternate();
      ink.add("\033[H\033[J");
      flow(screen.grid);
      keyboard(true);
      posture.save(screen.grid, screen.alternateSaved);
    }
    posture.place();
    posture.assume();
    terminal.parser.print(ink);
  }

  /** The rows one after the other, wrapped where they were. */
  private void flow(Grid grid) {
    for (int y = 0; y < grid.rows(); y++) {
      boolean continued = grid.isContinued(y);
      if (y > 0 && !continued) {
        ink.add("\r\n");
      }
      rows.screen(grid.row(y), grid.columns(), continued);
    }
  }

  private void paintWindow(boolean push) {
    if (push) {
      ink.add("\r\n");
      for (int y = 1; y < window.rows(); y++) {
        ink.add('\n');
      }
    }
    if (screen.alternate != null) {
      ink.mode(Screen.ALTERNATE_CLEARED, true).add("\033[H\033[J");
    }
    int first = Math.max(0, screen.y - window.rows() + 1);
    int count = Math.min(window.rows(), screen.rows() - first);
    for (int y = 0; y < count; y++) {
      ink.csi(y + 1, 1, 'H');
      rows.screen(screen.grid.row(first + y), window.columns(), false);
    }
    keyboard(screen.alternate != null);
    ink.csi(screen.y - first + 1, Math.min(screen.x + 1, window.columns()), 'H');
    posture.assumeInput();
  }

  private void keyboard(boolean alternate) {
    terminal.keyboard.print(ink, alternate);
  }
}
