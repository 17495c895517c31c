package dev.holdfast.terminal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The window's title, and the stack that XTWINOPS 22 and 23 have for it. Confined to its terminal.
 */
final class Titles {
  /** Most titles on the stack; the oldest go, as xterm has it. */
  static final int MOST_PUSHED = 10;

  /** Longest title in UTF-16 units; a longer one is cut. */
  static final int MOST_CHARACTERS = 512;

  private final Deque<String> pushed = new ArrayDeque<>();
  private String title = "";

  String title() {
    return title;
  }

  void set(String wanted) {
    int end = Math.min(wanted.length(), MOST_CHARACTERS);
    if (end < wanted.length() && Character.isHighSurrogate(wanted.charAt(end - 1))) {
      end--;
    }
    title = wanted.substring(0, end);
  }

  void push() {
    if (pushed.size() == MOST_PUSHED) {
      pushed.removeFirst();
    }
    pushed.addLast(title);
  }

  void pop() {
    if (!pushed.isEmpty()) {
      title = pushed.removeLast();
    }
  }

  void print(Ink ink) {
    for (String each : pushed) {
      print(ink, each);
      ink.add("\033[22;0t");
    }
    print(ink, title);
  }

  private static void print(Ink ink, String title) {
    ink.add("\033]0;").add(title).add("\033\\");
  }

  @Override
  public String toString() {
    return pushed + " " + title;
  }
}
