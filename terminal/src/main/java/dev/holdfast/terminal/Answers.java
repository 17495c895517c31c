package dev.holdfast.terminal;

/**
 * What a terminal answers when a program asks it something. An attached terminal answers for
 * itself; these are for a program that asks while none is attached, so that it does not wait in
 * vain. They promise little: a VT100 with colours. Confined to its terminal.
 */
final class Answers {
  /** Most bytes of answers that wait to be taken; further ones are dropped. */
  static final int MOST = 1024;

  private final Screen screen;
  private final Ink waiting = new Ink();

  Answers(Screen screen) {
    this.screen = screen;
  }

  byte[] take() {
    byte[] taken = waiting.toBytes();
    waiting.clear();
    return taken;
  }

  boolean isEmpty() {
    return waiting.length() == 0;
  }

  /** DA: who are you? */
  void attributes(int prefix) {
    if (hasRoom()) {
      switch (prefix) {
        case 0 -> waiting.add("\033[?1;2c");
        case '>' -> waiting.add("\033[>0;95;0c");
        default -> {}
      }
    }
  }

  /** DSR 5: are you well? */
  void status() {
    if (hasRoom()) {
      waiting.add("\033[0n");
    }
  }

  /** DSR 6 (CPR): where is the cursor? */
  void position(boolean extended) {
    if (hasRoom()) {
      int origin = screen.is(Mode.ORIGIN) ? screen.top : 0;
      waiting.add(extended ? "\033[?" : "\033[");
      waiting.number(screen.y - origin + 1).add(';').number(screen.x + 1).add('R');
    }
  }

  /** DECRQM: 1 set, 2 reset, 0 not known. */
  void mode(int number, boolean isPrivate) {
    if (hasRoom()) {
      Mode mode = Mode.of(number, isPrivate);
      int state = mode == null ? 0 : screen.is(mode) ? 1 : 2;
      waiting.add(isPrivate ? "\033[?" : "\033[");
      waiting.number(number).add(';').number(state).add("$y");
    }
  }

  /** XTWINOPS 18: how large are you? */
  void size() {
    if (hasRoom()) {
      waiting.add("\033[8;").number(screen.rows()).add(';').number(screen.columns()).add('t');
    }
  }

  private boolean hasRoom() {
    return waiting.length() < MOST;
  }
}
