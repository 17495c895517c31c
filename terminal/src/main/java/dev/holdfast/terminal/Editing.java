package dev.holdfast.terminal;

/** What erases cells and moves them: ECMA-48 8.3, "editing functions". Confined to its terminal. */
final class Editing {
  private final Screen screen;
  private final Scrollback scrollback;

  Editing(Screen screen, Scrollback scrollback) {
    this.screen = screen;
    this.scrollback = scrollback;
  }

  /** ED; 3 is xterm's, for the lines above the screen. */
  void eraseInDisplay(int which) {
    int y = screen.y;
    switch (which) {
      case 0 -> {
        eraseInLine(0);
        screen.grid.clear(y + 1, screen.rows(), erased());
      }
      case 1 -> {
        screen.grid.clear(0, y, erased());
        eraseInLine(1);
      }
      case 2 -> {
        screen.grid.clear(0, screen.rows(), erased());
        screen.pending = false;
        screen.footing.cleared();
      }
      case 3 -> scrollback.clear();
      default -> {}
    }
  }

  /** EL. Behind a full line there is nothing to erase to its right, as most terminals have it. */
  void eraseInLine(int which) {
    if (which == 0 && screen.pending) {
      return;
    }
    screen.pending = false;
    Row row = screen.grid.row(screen.y);
    switch (which) {
      case 0 -> row.erase(screen.x, screen.columns(), erased());
      case 1 -> row.erase(0, screen.x + 1, erased());
      case 2 -> row.clear(erased());
      default -> {}
    }
  }

  /** ECH. */
  void eraseCharacters(int count) {
    screen.pending = false;
    int to = (int) Math.min((long) screen.x + count, screen.columns());
    screen.grid.row(screen.y).erase(screen.x, to, erased());
  }

  /** ICH. */
  void insertCharacters(int count) {
    screen.pending = false;
    screen.grid.row(screen.y).insert(screen.x, count, erased());
  }

  /** DCH. */
  void deleteCharacters(int count) {
    screen.pending = false;
    screen.grid.row(screen.y).delete(screen.x, count, erased());
  }

  /** IL. */
  void insertLines(int count) {
    if (isInRegion()) {
      screen.grid.scrollDown(screen.y, screen.bottom, count, erased());
      screen.carriageReturn();
    }
  }

  /** DL. */
  void deleteLines(int count) {
    if (isInRegion()) {
      screen.grid.delete(screen.y, screen.bottom, count, erased());
      screen.carriageReturn();
    }
  }

  /** SU. */
  void scrollUp(int count) {
    screen.pending = false;
    screen.grid.scrollUp(screen.top, screen.bottom, count, erased());
  }

  /** SD. */
  void scrollDown(int count) {
    screen.pending = false;
    screen.grid.scrollDown(screen.top, screen.bottom, count, erased());
    screen.footing.pushedDown();
  }

  /** DECALN. */
  void align() {
    screen.top = 0;
    screen.bottom = screen.rows() - 1;
    for (int y = 0; y < screen.rows(); y++) {
      Row row = screen.grid.row(y);
      row.clear(Style.DEFAULT);
      for (int x = 0; x < screen.columns(); x++) {
        row.put(x, 'E', 1, Style.DEFAULT, null);
      }
    }
    screen.moveTo(0, 0);
  }

  private boolean isInRegion() {
    return screen.y >= screen.top && screen.y <= screen.bottom;
  }

  private long erased() {
    return screen.pen.erased();
  }
}
