package dev.holdfast.recording;

import dev.holdfast.access.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * What a recording's start says of it, as far as it makes sense (PROTOCOL.recording 4.1).
 *
 * @param members as they stand there
 */
public record About(Json.Members members) {
  private static final int MOST_SIZE = 10_000;

  /** Of a recording whose start is not known. */
  static final About NOTHING = new About(Json.members());

  /** A member's text; empty if it has none. */
  public String text(String name) {
    return members.values().get(name) instanceof Json.Text(String value) ? value : "";
  }

  /** When it began, if that is said. */
  public Optional<Instant> time() {
    try {
      return Optional.of(Instant.parse(text("time")));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  public int columns() {
    return size("columns", 80);
  }

  public int rows() {
    return size("rows", 24);
  }

  /** Whether output is that of a terminal. */
  public boolean isTerminal() {
    return text("content").equals("terminal");
  }

  private int size(String name, int usual) {
    return members.values().get(name) instanceof Json.Numeral(var number)
            && number.doubleValue() >= 1
            && number.doubleValue() <= MOST_SIZE
        ? number.intValue()
        : usual;
  }
}
