package dev.holdfast.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * How the terminal is to encode keys beyond what its modes say: xterm's modifyOtherKeys and kitty's
 * keyboard protocol, whose flags each screen has a stack of. Confined to its terminal.
 */
final class Keyboard {
  /** Most flags that are kept on a stack; the oldest go, as kitty has it. */
  static final int MOST_PUSHED = 8;

  private static final int MODIFY_OTHER_KEYS = 4;
  private static final int MOST_FLAGS = 0x1f;

  private final List<Integer> main = new ArrayList<>(List.of(0));
  private final List<Integer> alternate = new ArrayList<>(List.of(0));
  private int modifyOtherKeys;

  void reset() {
    main.clear();
    main.add(0);
    resetAlternate();
    modifyOtherKeys = 0;
  }

  void resetAlternate() {
    alternate.clear();
    alternate.add(0);
  }

  /** Whether a program has switched anything on. */
  boolean isAltered() {
    List<Integer> none = List.of(0);
    return modifyOtherKeys != 0 || !main.equals(none) || !alternate.equals(none);
  }

  /** {@code CSI > resource ; value m}. */
  void modify(int resource, int value) {
    if (resource == MODIFY_OTHER_KEYS) {
      modifyOtherKeys = value & 3;
    }
  }

  /** {@code CSI > flags u}. */
  void push(boolean onAlternate, int flags) {
    List<Integer> stack = stack(onAlternate);
    if (stack.size() > MOST_PUSHED) {
      stack.removeFirst();
    }
    stack.add(flags & MOST_FLAGS);
  }

  /** {@code CSI < count u}. */
  void pop(boolean onAlternate, int count) {
    List<Integer> stack = stack(onAlternate);
    for (int i = 0; i < count && !stack.isEmpty(); i++) {
      stack.removeLast();
    }
    if (stack.isEmpty()) {
      stack.add(0);
    }
  }

  /** {@code CSI = flags ; how u}: all of them, those as well, or those not. */
  void set(boolean onAlternate, int flags, int how) {
    List<Integer> stack = stack(onAlternate);
    int before = stack.removeLast();
    int wanted = flags & MOST_FLAGS;
    stack.add(
        switch (how) {
          case 2 -> before | wanted;
          case 3 -> before & ~wanted;
          default -> wanted;
        });
  }

  /** What brings a terminal there in whose present screen nothing was pushed. */
  void print(Ink ink, boolean onAlternate) {
    List<Integer> stack = stack(onAlternate);
    int first = stack.getFirst();
    if (first != 0) {
      ink.add("\033[=").number(first).add(";1u");
    }
    for (int flags : stack.subList(1, stack.size())) {
      ink.add("\033[>").number(flags).add('u');
    }
  }

  void printOtherKeys(Ink ink) {
    if (modifyOtherKeys != 0) {
      ink.add("\033[>4;").number(modifyOtherKeys).add('m');
    }
  }

  private List<Integer> stack(boolean onAlternate) {
    return onAlternate ? alternate : main;
  }

  @Override
  public String toString() {
    return main + " " + alternate + " " + modifyOtherKeys;
  }
}
