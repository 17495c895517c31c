package dev.holdfast.access;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A value of JSON (RFC 8259). Immutable. */
public sealed interface Json {
  /** An object; its members are in the order in which they were written. */
  record Members(Map<String, Json> values) implements Json {
    public Members {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /** An array. */
  record Items(List<Json> values) implements Json {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** A string. */
  record Text(String value) implements Json {}

  /** A number. */
  record Numeral(BigDecimal value) implements Json {}

  /** True or false. */
  record Bool(boolean value) implements Json {}

  /** The word null. */
  record Null() implements Json {}

  static Json of(String value) {
    return new Text(value);
  }

  static Json of(long value) {
    return new Numeral(BigDecimal.valueOf(value));
  }

  static Json of(boolean value) {
    return new Bool(value);
  }

  /** An object of names and values in turn. */
  static Members members(Object... namesAndValues) {
    Map<String, Json> members = new LinkedHashMap<>();
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      members.put(namesAndValues[i].toString(), (Json) namesAndValues[i + 1]);
    }
    return new Members(members);
  }

  /** Reads exactly one value. */
  static Json parse(String text) throws MalformedJsonException {
    return new JsonParser(text).parse();
  }

  /** On one line, in ASCII but for what a terminal shows harmlessly. */
  default String line() {
    return switch (this) {
      case Members(Map<String, Json> values) ->
          values.entrySet().stream()
              .map(member -> quote(member.getKey()) + ":" + member.getValue().line())
              .collect(Collectors.joining(",", "{", "}"));
      case Items(List<Json> values) ->
          values.stream().map(Json::line).collect(Collectors.joining(",", "[", "]"));
      case Text(String value) -> quote(value);
      case Numeral(BigDecimal value) -> value.toString();
      case Bool(boolean value) -> Boolean.toString(value);
      case Null() -> "null";
    };
  }

  /** What must be escaped, and everything else that a terminal or a line reader could act upon. */
  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          boolean plain = (c >= ' ' && c < 0x7f) || (c > 0x9f && !isOdd(c));
          quoted.append(plain ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
      }
    }
    return quoted.append('"').toString();
  }

  /** Surrogates, line separators and marks that turn text around. */
  private static boolean isOdd(char c) {
    return Character.isSurrogate(c) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  }
}
