package dev.holdfast.access;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads JSON of a stranger, strictly (RFC 8259): nothing besides, no name twice, and no more in one
 * another and no larger numbers than named here. Confined to one call.
 */
final class JsonParser {
  /** Arrays and objects in one another. */
  static final int MOST_DEPTH = 32;

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?");

  private final String text;
  private int at;

  JsonParser(String text) {
    this.text = text;
  }

  Json parse() throws MalformedJsonException {
    Json value = value(0);
    skipSpace();
    if (at < text.length()) {
      throw wrong("something follows the end");
    }
    return value;
  }

  private Json value(int depth) throws MalformedJsonException {
    if (depth > MOST_DEPTH) {
      throw wrong("more than " + MOST_DEPTH + " values are in one another");
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> members(depth);
      case '[' -> items(depth);
      case '"' -> new Json.Text(string());
      case 't' -> word("true", new Json.Bool(true));
      case 'f' -> word("false", new Json.Bool(false));
      case 'n' -> word("null", new Json.Null());
      default -> number();
    };
  }

  private Json members(int depth) throws MalformedJsonException {
    Map<String, Json> members = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (peek() == '}') {
      at++;
      return new Json.Members(members);
    }
    while (true) {
      skipSpace();
      String name = string();
      skipSpace();
      expect(':');
      if (members.put(name, value(depth + 1)) != null) {
        throw wrong("a name is there twice");
      }
      if (!goesOn('}')) {
        return new Json.Members(members);
      }
    }
  }

  private Json items(int depth) throws MalformedJsonException {
    List<Json> items = new ArrayList<>();
    at++;
    skipSpace();
    if (peek() == ']') {
      at++;
      return new Json.Items(items);
    }
    while (true) {
      items.add(value(depth + 1));
      if (!goesOn(']')) {
        return new Json.Items(items);
      }
    }
  }

  private boolean goesOn(char end) throws MalformedJsonException {
    skipSpace();
    char c = peek();
    at++;
    if (c != ',' && c != end) {
      at--;
      throw wrong("',' or '" + end + "' is missing");
    }
    return c == ',';
  }

  private String string() throws MalformedJsonException {
    expect('"');
    StringBuilder string = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      if (c < ' ') {
        throw wrong("a control character in a string");
      }
      string.append(c == '\\' ? escaped() : c);
    }
    return string.toString();
  }

  private char escaped() throws MalformedJsonException {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw wrong("an escape that is none");
    };
  }

  private char unicode() throws MalformedJsonException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw wrong("an escape that is none");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  private Json number() throws MalformedJsonException {
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt()) {
      throw wrong("a value is missing, or a number is too long");
    }
    at = number.end();
    return new Json.Numeral(new BigDecimal(number.group()));
  }

  private Json word(String word, Json value) throws MalformedJsonException {
    if (!text.startsWith(word, at)) {
      throw wrong("a word that is none");
    }
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws MalformedJsonException {
    if (at >= text.length()) {
      throw wrong("it is cut off");
    }
    return text.charAt(at);
  }

  private char next() throws MalformedJsonException {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char wanted) throws MalformedJsonException {
    if (peek() != wanted) {
      throw wrong("'" + wanted + "' is missing");
    }
    at++;
  }

  private MalformedJsonException wrong(String why) {
    return new MalformedJsonException(why, at);
  }
}
