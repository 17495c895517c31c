package dev.holdfast.terminal;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The colours that a program changed: of the palette (OSC 4), and the terminal's own (OSC 10 to
 * 19). Confined to its terminal.
 */
final class Palette {
  /** Longest name of a colour; a longer one is not taken. */
  static final int MOST_CHARACTERS = 32;

  private static final int COLOURS = 256;

  /** Foreground, background, cursor, and the rarer ones up to 19. */
  private static final int FIRST_OWN = 10;

  private static final int LAST_OWN = 19;

  private final SortedMap<Integer, String> changed = new TreeMap<>();
  private final SortedMap<Integer, String> own = new TreeMap<>();

  /** OSC 4: pairs of index and name. */
  void change(String pairs) {
    String[] parts = pairs.split(";", -1);
    for (int i = 0; i + 1 < parts.length; i += 2) {
      int index = number(parts[i]);
      if (index >= 0 && index < COLOURS && isName(parts[i + 1])) {
        changed.put(index, parts[i + 1]);
      }
    }
  }

  /** OSC 10 and following: each further name is for the next number. */
  void changeOwn(int number, String names) {
    int at = number;
    for (String name : names.split(";", -1)) {
      if (at >= FIRST_OWN && at <= LAST_OWN && isName(name)) {
        own.put(at, name);
      }
      at++;
    }
  }

  /** OSC 104: the indices, or all. */
  void reset(String indices) {
    if (indices.isEmpty()) {
      changed.clear();
    }
    for (String index : indices.split(";", -1)) {
      changed.remove(number(index));
    }
  }

  void resetOwn(int number) {
    own.remove(number);
  }

  /** Sets the same colours in a terminal that has its own. */
  void print(Ink ink) {
    changed.forEach(
        (index, name) -> ink.add("\033]4;").number(index).add(';').add(name).add("\033\\"));
    own.forEach((number, name) -> ink.add("\033]").number(number).add(';').add(name).add("\033\\"));
  }

  /** Whether it names a colour, X(7); a question mark asks for one. */
  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= MOST_CHARACTERS
        && name.chars()
            .allMatch(
                c -> (c >= '0' && c <= '9') || Character.isLetter(c) || "#:/. ".indexOf(c) >= 0)
        && name.chars().allMatch(c -> c < 0x7f);
  }

  private static int number(String text) {
    return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : -1;
  }

  @Override
  public String toString() {
    return changed + " " + own;
  }
}
