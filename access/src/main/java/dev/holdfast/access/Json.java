package dev.holdfast.access;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A value of JSON (RFC 8259). Immutable. */
public sealed interface Json {
  /** An object; its members are in the order in which they were written. */
  record Members(Map<String, Json> values) implements Json {
    public Members {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Its values as {@link Json#plain} has them. */
    public Map<String, Object> plainValues() {
      Map<String, Object> plain = new LinkedHashMap<>();
      values.forEach((name, value) -> value.plain().ifPresent(each -> plain.put(name, each)));
      return plain;
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

  /**
   * That of maps, lists, strings, booleans and numbers; anything else is its text, and a number
   * that JSON has no form for is null.
   */
  static Json from(Object value) {
    return switch (value) {
      case Json json -> json;
      case Map<?, ?> map -> {
        Map<String, Json> members = new LinkedHashMap<>();
        map.forEach((name, each) -> members.put(name.toString(), from(each)));
        yield new Members(members);
      }
      case Collection<?> list -> new Items(list.stream().map(Json::from).toList());
      case Boolean truth -> new Bool(truth);
      case Double number when !Double.isFinite(number) -> new Null();
      case Number number -> new Numeral(new BigDecimal(number.toString()));
      default -> new Text(value.toString());
    };
  }

  /**
   * The same back: maps, lists, strings, booleans, and numbers as longs where they are whole, else
   * as doubles; what is null is left out.
   */
  default Optional<Object> plain() {
    return switch (this) {
      case Members members -> Optional.of(members.plainValues());
      case Items(List<Json> values) ->
          Optional.of(values.stream().flatMap(each -> each.plain().stream()).toList());
      case Text(String value) -> Optional.of(value);
      case Numeral(BigDecimal value) -> Optional.of(plain(value));
      case Bool(boolean value) -> Optional.of(value);
      case Null() -> Optional.empty();
    };
  }

  private static Object plain(BigDecimal number) {
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      return number.doubleValue();
    }
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
