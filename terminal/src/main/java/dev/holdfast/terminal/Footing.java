package dev.holdfast.terminal;

import java.util.Arrays;

/**
 * What is known of a terminal that somebody used before the program did, whose cursor may be in any
 * row. Without firm footing rows are only known as they lie to the cursor's: the model's cursor is
 * in a row no lower than the real one, and what it has not written is not known, but for the rows
 * below, which count as blank. Footing is firm once the program counts rows from the top, or has
 * gone down to the last row; what it has not written since is {@link Row#UNKNOWN} then. Confined to
 * its screen.
 */
final class Footing {
  private final Screen screen;
  private boolean firm = true;
  private boolean mainFirm = true;

  /** Whether everything was erased, so that blank rows are known to be so wherever they are. */
  private boolean cleared;

  /** Whether the program has saved the cursor, and not somebody before it. */
  private boolean noted;

  /** Whether there was firm footing when it did. */
  private boolean savedFirm = true;

  /** The lowest row that the program went down to, one by one. */
  private int reached;

  Footing(Screen screen) {
    this.screen = screen;
  }

  boolean isFirm() {
    return firm;
  }

  /** Somebody used the terminal before: where its cursor is, and what it shows, is not known. */
  void lose() {
    firm = false;
    mainFirm = false;
    cleared = false;
    noted = false;
    savedFirm = false;
    reached = 0;
    screen.y = 0;
  }

  /** The same, with the sizes of the window changed, by which terminals move what they show. */
  void loseAll() {
    lose();
    forget(screen.main);
    if (screen.alternate != null) {
      forget(screen.alternate);
    }
    screen.mainSaved = atTop(screen.mainSaved);
    screen.alternateSaved = atTop(screen.alternateSaved);
  }

  private static Saved atTop(Saved it) {
    return new Saved(
        it.x(), 0, it.pending(), it.style(), it.underline(), it.charsets(), it.origin());
  }

  /** The row is about to be set, counted from the top. */
  void counted() {
    if (!firm) {
      if (!cleared || !isBlank()) {
        forget(screen.grid);
      }
      firm = true;
    }
  }

  /** The cursor is about to go up to row {@code y}, or down if it is lower. */
  void moves(int y) {
    if (!firm) {
      if (y < 0 || y > reached) {
        forget(screen.grid);
      }
      firm = y >= screen.rows() - 1;
    }
  }

  /** The cursor went down by one row, and the screen up if there was none. */
  void wentDown() {
    if (!firm) {
      if (screen.y > reached && screen.pen.erased() != Style.DEFAULT) {
        // It may have come in with that background, or been there.
        forget(screen.grid.row(screen.y));
      }
      reached = Math.max(reached, screen.y);
      firm = screen.y == screen.rows() - 1;
    }
  }

  /** Rows come in at the top. */
  void pushedDown() {
    if (!firm) {
      forget(screen.grid);
    }
  }

  /** The cursor's place is noted. */
  void saved() {
    noted = true;
    savedFirm = firm;
  }

  /** The cursor is about to go back to where it was noted, in row {@code y} then. */
  void returns(int y) {
    boolean known = savedFirm ? firm : !firm && noted && y == screen.y;
    if (!known) {
      forget(screen.grid);
      firm = false;
    }
  }

  /** Every row was erased. */
  void cleared() {
    cleared = true;
  }

  /** The terminal was reset. */
  void reset() {
    firm = true;
    mainFirm = true;
  }

  void entersAlternate() {
    mainFirm = firm;
    cleared = true;
    reached = screen.y;
  }

  /**
   * Whether the cursor is put back or stays in its row, which is the one that the alternate screen
   * had.
   */
  void leavesAlternate(boolean putBack) {
    boolean known = firm;
    savedFirm &= mainFirm;
    cleared = false;
    reached = 0;
    firm = mainFirm;
    if (!firm && !putBack) {
      forget(screen.grid);
      firm = known;
    }
  }

  private boolean isBlank() {
    for (int y = 0; y < screen.rows(); y++) {
      if (screen.grid.row(y).end() > 0) {
        return false;
      }
    }
    return true;
  }

  private static void forget(Grid grid) {
    for (int y = 0; y < grid.rows(); y++) {
      forget(grid.row(y));
    }
  }

  private static void forget(Row row) {
    Arrays.fill(row.text, Row.UNKNOWN);
    Arrays.fill(row.style, Style.DEFAULT);
    row.extra = null;
    row.continued = false;
    row.used = row.columns();
  }
}
