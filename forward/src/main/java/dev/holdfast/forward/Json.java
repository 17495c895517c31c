package dev.holdfast.forward;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON (RFC 8259) as maps, lists, strings, longs, doubles and booleans; what is null is left out of
 * objects. For messages of this machine's own programs; still everything is bounded.
 */
public final class Json {
  /** Characters of a text. */
  public static final int MOST_CHARS = 256 * 1024;

  /** Objects and arrays within each other. */
  static final int MOST_DEPTH = 16;

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /** A text that is not JSON, or too large. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private Malformed(String sentence) {
      super(sentence);
    }
  }

  /** The object that {@code text} is. */
  public static Map<String, Object> object(String text) throws Malformed {
    if (text.length() > MOST_CHARS) {
      throw new Malformed("The message is longer than " + MOST_CHARS + " characters.");
    }
    Json json = new Json(text);
    json.space();
    Map<String, Object> object = json.object();
    json.space();
    if (json.at != text.length()) {
      throw json.wrong();
    }
    return object;
  }

  private Malformed wrong() {
    return new Malformed("The message is no JSON at character " + at + ".");
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws Malformed {
    if (at >= text.length()) {
      throw wrong();
    }
    return text.charAt(at);
  }

  private void expect(char c) throws Malformed {
    if (peek() != c) {
      throw wrong();
    }
    at++;
  }

  private boolean found(char c) throws Malformed {
    space();
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private Optional<Object> value() throws Malformed {
    space();
    return switch (peek()) {
      case '{' -> Optional.of(object());
      case '[' -> Optional.of(array());
      case '"' -> Optional.of(string());
      case 't' -> Optional.of(word("true", true));
      case 'f' -> Optional.of(word("false", false));
      case 'n' -> {
        word("null", false);
        yield Optional.empty();
      }
      default -> Optional.of(number());
    };
  }

  private boolean word(String word, boolean meaning) throws Malformed {
    if (!text.startsWith(word, at)) {
      throw wrong();
    }
    at += word.length();
    return meaning;
  }

  private void deeper() throws Malformed {
    if (++depth > MOST_DEPTH) {
      throw wrong();
    }
  }

  private Map<String, Object> object() throws Malformed {
    expect('{');
    deeper();
    Map<String, Object> members = new LinkedHashMap<>();
    if (!found('}')) {
      do {
        space();
        String name = string();
        space();
        expect(':');
        value().ifPresent(value -> members.put(name, value));
      } while (found(','));
      space();
      expect('}');
    }
    depth--;
    return members;
  }

  private List<Object> array() throws Malformed {
    expect('[');
    deeper();
    List<Object> elements = new ArrayList<>();
    if (!found(']')) {
      do {
        value().ifPresent(elements::add);
      } while (found(','));
      space();
      expect(']');
    }
    depth--;
    return elements;
  }

  private String string() throws Malformed {
    expect('"');
    StringBuilder string = new StringBuilder();
    for (char c = peek(); c != '"'; c = peek()) {
      at++;
      if (c < ' ') {
        throw wrong();
      }
      string.append(c == '\\' ? escaped() : c);
    }
    at++;
    return string.toString();
  }

  private char escaped() throws Malformed {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unit();
      default -> throw wrong();
    };
  }

  private char unit() throws Malformed {
    if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
      throw wrong();
    }
    at += 4;
    return (char) Integer.parseInt(text.substring(at - 4, at), 16);
  }

  private Object number() throws Malformed {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String number = text.substring(start, at);
    if (number.matches("-?(0|[1-9][0-9]{0,17})")) {
      return Long.parseLong(number);
    }
    if (!number.matches("-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")) {
      throw wrong();
    }
    return Double.parseDouble(number);
  }

  /** The text of an object, on one line. */
  public static String text(Map<String, ?> object) {
    StringBuilder text = new StringBuilder();
    write(object, text);
    return text.toString();
  }

  private static void write(Object value, StringBuilder to) {
    switch (value) {
      case Map<?, ?> object -> {
        String before = "{";
        for (Map.Entry<?, ?> member : object.entrySet()) {
          to.append(before);
          quote(String.valueOf(member.getKey()), to);
          to.append(':');
          write(member.getValue(), to);
          before = ",";
        }
        to.append(object.isEmpty() ? "{}" : "}");
      }
      case List<?> array -> {
        String before = "[";
        for (Object element : array) {
          to.append(before);
          write(element, to);
          before = ",";
        }
        to.append(array.isEmpty() ? "[]" : "]");
      }
      case Number number -> to.append(number);
      case Boolean bool -> to.append(bool);
      default -> quote(value.toString(), to);
    }
  }

  /** What must be escaped, and what a terminal or a line reader could act upon. */
  private static void quote(String text, StringBuilder to) {
    to.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        to.append('\\').append(c);
      } else if (c < ' ' || (c >= 0x7f && c <= 0x9f) || Character.isSurrogate(c) || c == 0x2028) {
        to.append("\\u%04x".formatted((int) c));
      } else {
        to.append(c);
      }
    }
    to.append('"');
  }
}
