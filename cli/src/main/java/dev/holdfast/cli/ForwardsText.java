package dev.holdfast.cli;

import dev.holdfast.access.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Forwards and what happens to them, for people and for programs. */
final class ForwardsText {
  private static final String ROW = "%-4s %-8s %-24s %-36s %-14s %8s %6s %9s %9s  %s";

  private final PrintStream out;
  private final ForwardArguments.Format format;

  ForwardsText(PrintStream out, ForwardArguments.Format format) {
    this.out = out;
    this.format = format;
  }

  /** The answer of the service that has the forwards. */
  void print(Map<String, Object> answer) {
    List<?> forwards = answer.get("forwards") instanceof List<?> all ? all : List.of();
    switch (format) {
      case JSON -> out.println(Json.from(Map.of("forwards", forwards)).line());
      case NAMES -> forwards.forEach(each -> out.println(member(each, "from")));
      case TEXT -> out.print(table(forwards));
    }
  }

  /** Forwards, one a line. */
  static String table(List<?> forwards) {
    if (forwards.isEmpty()) {
      return "Nothing is forwarded.\n";
    }
    StringBuilder rows = new StringBuilder();
    rows.append(
            ROW.formatted(
                    "ID", "KIND", "FROM", "TO", "STATE", "RTT", "OPEN", "SENT", "RECEIVED", "")
                .stripTrailing())
        .append('\n');
    for (Object each : forwards) {
      String to = member(each, "to");
      String place = member(each, "server") + (to.isEmpty() ? "" : " " + to);
      String rtt = member(each, "rtt_ms");
      rows.append(
              ROW.formatted(
                      member(each, "id"),
                      member(each, "kind"),
                      member(each, "from"),
                      place,
                      member(each, "state"),
                      rtt.isEmpty() ? "-" : Math.round(Double.parseDouble(rtt)) + " ms",
                      member(each, "connections"),
                      size(member(each, "sent")),
                      size(member(each, "received")),
                      member(each, "last_error"))
                  .stripTrailing())
          .append('\n');
    }
    return rows.toString();
  }

  private static String member(Object object, String name) {
    Object value = object instanceof Map<?, ?> members ? members.get(name) : null;
    return value == null ? "" : shown(value.toString());
  }

  /** Without what could control the terminal. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().filter(c -> !Character.isISOControl(c)).forEach(shown::appendCodePoint);
    return shown.toString();
  }

  private static String size(String bytes) {
    long count = bytes.isEmpty() ? 0 : Long.parseLong(bytes);
    if (count < 10_000) {
      return count + " B";
    }
    return count < 10_000_000 ? count / 1000 + " kB" : count / 1_000_000 + " MB";
  }

  /** An event in a line. */
  static String line(Map<String, Object> event) {
    String words = member(event, "words");
    String what = words.isEmpty() ? member(event, "event") + " " + member(event, "from") : words;
    return member(event, "server") + ": " + what.strip();
  }
}
