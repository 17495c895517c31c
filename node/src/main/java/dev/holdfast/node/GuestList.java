package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.terminal.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is at a live session beside its owner, and how that is said. Caller locks. */
final class GuestList {
  /** Most guests at a time, with those who are about to come. */
  static final int MOST = 16;

  /** Most bytes of a line that says who comes or goes; what is left of the names is cut. */
  static final int MOST_LINE = 512;

  /** Sequences around a line, and its end. */
  private static final int FRAME = 64;

  private final String owner;

  /** Those who are there, in the order in which they came. */
  private final List<Attachment> here = new ArrayList<>();

  /** These and those who are about to come, and who they are. */
  private final Map<Attachment, String> names = new LinkedHashMap<>();

  GuestList(String owner) {
    this.owner = owner;
  }

  boolean hasPlace() {
    return names.size() < MOST;
  }

  void expect(Attachment guest, String user) {
    names.put(guest, user);
  }

  boolean expects(Attachment guest) {
    return names.containsKey(guest);
  }

  List<Attachment> here() {
    return here;
  }

  /** Somebody who was expected is there. */
  void came(Attachment guest) {
    here.add(guest);
  }

  /** He is not; returns whether he was. */
  boolean went(Attachment guest) {
    return here.remove(guest);
  }

  /** He is of no interest any more. */
  void forget(Attachment guest) {
    names.remove(guest);
  }

  void clear() {
    here.clear();
    names.clear();
  }

  /** What is said when somebody comes, before he is there. */
  byte[] coming(Attachment guest, Terminal terminal) {
    String does = guest.writes() ? " has joined and may type" : " looks on";
    return line(name(guest) + does + "; here: " + everybody() + ", " + name(guest), terminal);
  }

  /** What is said when somebody has gone. */
  byte[] going(Attachment guest, Terminal terminal) {
    return line(name(guest) + " has left; here: " + everybody(), terminal);
  }

  private String everybody() {
    StringBuilder all = new StringBuilder(owner);
    here.forEach(one -> all.append(", ").append(name(one)));
    return all.toString();
  }

  private String name(Attachment guest) {
    return names.getOrDefault(guest, "somebody");
  }

  /** A line of its own; where a program fills the screen, the last one, until it writes there. */
  private static byte[] line(String text, Terminal terminal) {
    boolean fills = terminal.isAlternate();
    int most = MOST_LINE - FRAME;
    int room = fills ? Math.min(most, terminal.size().columns() - 2) : most;
    String said = "[" + text.substring(0, Math.clamp(room, 0, text.length())) + "]";
    String line =
        fills
            ? "\0337\033[999;1H\033[0;7m" + said + "\033[0m\033[K\0338"
            : (terminal.cursorColumn() == 0 ? "" : "\r\n") + said + "\r\n";
    return line.getBytes(UTF_8);
  }
}
