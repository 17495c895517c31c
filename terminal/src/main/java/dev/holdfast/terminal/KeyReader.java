package dev.holdfast.terminal;

import java.util.function.Consumer;

/**
 * Takes apart what a terminal sends for the keys that a person presses: UTF-8, and the control
 * sequences of cursor keys (xterm's ctlseqs.txt, "PC-Style Function Keys"). Confined to its
 * overlay.
 */
final class KeyReader {
  private enum State {
    GROUND,
    ESCAPE,
    /** CSI or SS3, which have the same cursor keys. */
    SEQUENCE
  }

  private final Consumer<Key> keys;
  private State state = State.GROUND;
  private boolean plain;
  private int character;
  private int lacking;

  KeyReader(Consumer<Key> keys) {
    this.keys = keys;
  }

  void read(int b) {
    switch (state) {
      case GROUND -> ground(b);
      case ESCAPE -> {
        plain = true;
        state = b == '[' || b == 'O' ? State.SEQUENCE : State.GROUND;
        if (state == State.GROUND) {
          keys.accept(Key.Motion.OTHER);
        }
      }
      case SEQUENCE -> sequence(b);
    }
  }

  private void sequence(int b) {
    if (b >= 0x20 && b < 0x40) {
      plain = false;
      return;
    }
    state = State.GROUND;
    keys.accept(
        switch (b) {
          case 'C' -> plain ? Key.Motion.RIGHT : Key.Motion.OTHER;
          case 'D' -> plain ? Key.Motion.LEFT : Key.Motion.OTHER;
          default -> Key.Motion.OTHER;
        });
  }

  private void ground(int b) {
    if (lacking > 0 && b >= 0x80 && b < 0xc0) {
      character = character << 6 | (b & 0x3f);
      if (--lacking == 0) {
        keys.accept(printed(character));
      }
      return;
    }
    lacking = 0;
    if (b >= 0xc2 && b < 0xf5) {
      lacking = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
      character = b & (0x3f >> lacking);
    } else if (b == 0x1b) {
      state = State.ESCAPE;
    } else {
      keys.accept(single(b));
    }
  }

  private static Key single(int b) {
    return switch (b) {
      case 0x7f, '\b' -> Key.Motion.BACKSPACE;
      case '\r', '\n' -> Key.Motion.RETURN;
      default -> b >= 0x20 && b < 0x7f ? new Key.Printed(b) : Key.Motion.OTHER;
    };
  }

  private static Key printed(int c) {
    boolean valid = c > 0x9f && c <= Character.MAX_CODE_POINT && (c < 0xd800 || c > 0xdfff);
    return valid && Widths.of(c) == 1 ? new Key.Printed(c) : Key.Motion.OTHER;
  }
}
