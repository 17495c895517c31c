package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * A line that somebody types, key by key, and what a terminal should show of it behind the prompt
 * after each.
 *
 * @param keys the characters typed; {@link #ERASE} takes one back
 * @param states what is shown before any key, and after each of them
 */
record TypedLine(String keys, List<String> states) {
  static final char ERASE = '\u007f';

  TypedLine {
    states = List.copyOf(states);
  }

  static TypedLine of(String keys) {
    var states = new ArrayList<String>();
    states.add("");
    for (int i = 0; i < keys.length(); i++) {
      char key = keys.charAt(i);
      String before = states.getLast();
      states.add(
          key == ERASE ? before.substring(0, Math.max(before.length() - 1, 0)) : before + key);
    }
    return new TypedLine(keys, states);
  }

  /**
   * After how many of the first {@code typed} keys a line looks like this; -1 if after none, so
   * that something wrong is shown.
   *
   * @param seen so many were shown before: where a line looks the same after several keys, the
   *     first one from there is meant
   */
  int keysShown(String line, int seen, int typed) {
    for (int count = seen; count <= typed; count++) {
      if (states.get(count).equals(line)) {
        return count;
      }
    }
    return states.subList(0, seen).lastIndexOf(line);
  }
}
