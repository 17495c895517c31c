package dev.holdfast.terminal;

/** Control characters, and what is ESC and a letter: ECMA-48 5.3, VT510. Confined to its parser. */
final class Controls {
  private final Screen screen;
  private final Editing editing;
  private final Keyboard keyboard;

  Controls(Screen screen, Editing editing, Keyboard keyboard) {
    this.screen = screen;
    this.editing = editing;
    this.keyboard = keyboard;
  }

  /** A control character, 0x00 to 0x1f or DEL, other than ESC. */
  void execute(int c) {
    screen.last = 0;
    switch (c) {
      case '\b' -> screen.backspace();
      case '\t' -> screen.tab(1);
      case '\n', 0x0b, '\f' -> {
        screen.lineFeed();
        if (screen.is(Mode.NEW_LINE)) {
          screen.carriageReturn();
        }
      }
      case '\r' -> screen.carriageReturn();
      case 0x0e -> screen.charsets = screen.charsets.shifted(1);
      case 0x0f -> screen.charsets = screen.charsets.shifted(0);
      default -> {}
    }
  }

  /** ESC, the intermediate byte or 0, and the final byte. */
  void escape(int intermediate, int end) {
    screen.last = 0;
    switch (intermediate) {
      case 0 -> plain(end);
      case '(', ')', '*', '+' ->
          screen.charsets = screen.charsets.designated(intermediate - '(', end);
      case '#' -> {
        if (end == '8') {
          editing.align();
        }
      }
      default -> {}
    }
  }

  private void plain(int end) {
    switch (end) {
      case '7' -> screen.save();
      case '8' -> screen.restore();
      case '=' -> screen.set(Mode.APPLICATION_KEYPAD, true);
      case '>' -> screen.set(Mode.APPLICATION_KEYPAD, false);
      case 'D' -> screen.lineFeed();
      case 'E' -> {
        screen.lineFeed();
        screen.carriageReturn();
      }
      case 'H' -> screen.tabs.set(screen.x);
      case 'M' -> screen.reverseLineFeed();
      case 'N' -> screen.singleShift = 2;
      case 'O' -> screen.singleShift = 3;
      case 'c' -> {
        screen.reset();
        keyboard.reset();
      }
      case 'n' -> screen.charsets = screen.charsets.shifted(2);
      case 'o' -> screen.charsets = screen.charsets.shifted(3);
      default -> {}
    }
  }
}
