package dev.holdfast.cli;

import java.util.Map;
import java.util.stream.Collectors;

/** A flat JSON object on one line (RFC 8259). */
final class JsonLine {
  private JsonLine() {}

  /** The object with these members, whose values are strings, numbers and booleans. */
  static String of(Map<String, Object> members) {
    return members.entrySet().stream()
        .map(member -> quote(member.getKey()) + ":" + value(member.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String value(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : quote(value.toString());
  }

  /** What must be escaped, and everything else that a terminal or a line reader could act upon. */
  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          boolean plain = (c >= ' ' && c < 0x7f) || (c > 0x9f && !Character.isSurrogate(c));
          quoted.append(plain ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
      }
    }
    return quoted.append('"').toString();
  }
}
