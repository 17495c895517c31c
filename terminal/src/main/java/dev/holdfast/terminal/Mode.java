package dev.holdfast.terminal;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a program can switch on and off: ECMA-48 7.2, DEC's and xterm's private modes (xterm's
 * ctlseqs.txt, "DECSET"). Those that change what a screen holds, such as the alternate screen, are
 * not among them.
 */
enum Mode {
  INSERT(4, false),
  NEW_LINE(20, false),
  APPLICATION_CURSOR(1),
  REVERSE_VIDEO(5),
  ORIGIN(6),
  AUTOWRAP(7),
  CURSOR_BLINK(12),
  CURSOR_VISIBLE(25),
  APPLICATION_KEYPAD(66),
  MOUSE_PRESS(9),
  MOUSE(1000),
  MOUSE_DRAG(1002),
  MOUSE_MOTION(1003),
  FOCUS(1004),
  MOUSE_UTF8(1005),
  MOUSE_SGR(1006),
  ALTERNATE_SCROLL(1007),
  MOUSE_URXVT(1015),
  MOUSE_PIXELS(1016),
  BRACKETED_PASTE(2004),
  SYNCHRONIZED(2026),
  COLOUR_SCHEME(2031),
  RESIZE_REPORT(2048);

  /** What is on in a terminal that was just made. */
  static final Set<Mode> AT_FIRST = EnumSet.of(AUTOWRAP, CURSOR_VISIBLE);

  /** Of each of these sets, at most one is on. */
  static final Set<Mode> MICE = EnumSet.of(MOUSE_PRESS, MOUSE, MOUSE_DRAG, MOUSE_MOTION);

  static final Set<Mode> MOUSE_FORMS = EnumSet.of(MOUSE_UTF8, MOUSE_SGR, MOUSE_URXVT, MOUSE_PIXELS);

  /** What a repaint need not restore: it is over at once, or it belongs to the terminal's owner. */
  static final Set<Mode> TRANSIENT = EnumSet.of(SYNCHRONIZED);

  final int number;
  final boolean isPrivate;

  Mode(int number) {
    this(number, true);
  }

  Mode(int number, boolean isPrivate) {
    this.number = number;
    this.isPrivate = isPrivate;
  }

  static @Nullable Mode of(int number, boolean isPrivate) {
    for (Mode mode : values()) {
      if (mode.number == number && mode.isPrivate == isPrivate) {
        return mode;
      }
    }
    return null;
  }

  /** What turns it on or off in another terminal. */
  void print(Ink ink, boolean on) {
    if (this == APPLICATION_KEYPAD) {
      ink.add(0x1b).add(on ? '=' : '>');
    } else if (isPrivate) {
      ink.mode(number, on);
    } else {
      ink.csi(number, on ? 'h' : 'l');
    }
  }
}
