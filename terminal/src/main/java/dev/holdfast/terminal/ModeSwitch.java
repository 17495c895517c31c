package dev.holdfast.terminal;

/** SM, RM, DECSET and DECRST. Confined to its parser. */
final class ModeSwitch {
  private static final int SAVED_CURSOR = 1048;

  private final Screen screen;
  private final Keyboard keyboard;

  ModeSwitch(Screen screen, Keyboard keyboard) {
    this.screen = screen;
    this.keyboard = keyboard;
  }

  void set(Parameters numbers, boolean isPrivate, boolean on) {
    for (int i = 0; i < numbers.count(); i++) {
      int number = numbers.get(i, 0);
      if (isPrivate && isScreen(number)) {
        screen(number, on);
      } else if (isPrivate && number == SAVED_CURSOR) {
        savedCursor(on);
      } else {
        Mode mode = Mode.of(number, isPrivate);
        if (mode != null) {
          set(mode, on);
        }
      }
    }
  }

  private static boolean isScreen(int number) {
    return number == Screen.ALTERNATE
        || number == Screen.ALTERNATE_CLEARED
        || number == Screen.ALTERNATE_SAVED;
  }

  private void screen(int number, boolean on) {
    if (on) {
      screen.enterAlternate(number);
    } else {
      screen.leaveAlternate(number);
      keyboard.resetAlternate();
    }
  }

  private void savedCursor(boolean on) {
    if (on) {
      screen.save();
    } else {
      screen.restore();
    }
  }

  private void set(Mode mode, boolean on) {
    if (Mode.MICE.contains(mode)) {
      screen.modes.removeAll(Mode.MICE);
    } else if (Mode.MOUSE_FORMS.contains(mode) && on) {
      screen.modes.removeAll(Mode.MOUSE_FORMS);
    }
    screen.set(mode, on);
    if (mode == Mode.ORIGIN) {
      screen.moveTo(0, 0);
    } else if (mode == Mode.AUTOWRAP && !on) {
      screen.pending = false;
    }
  }
}
