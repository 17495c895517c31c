package dev.holdfast.browser;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an HTTP/1.1 message (RFC 9112 2.1): its first line and its fields.
 *
 * @param firstLine a request's or an answer's
 * @param fields by their names in small letters; of several with one name, the first
 * @param length of the head in bytes, with the empty line that ends it
 */
record HttpHead(String firstLine, Map<String, String> fields, int length) {
  /** Bytes that a head may have. */
  static final int MOST_BYTES = 16 * 1024;

  /** Fields that are kept. */
  static final int MOST_FIELDS = 100;

  HttpHead {
    fields = Map.copyOf(fields);
  }

  /** The head that {@code bytes} begin with, or nothing while it is not whole. */
  static Optional<HttpHead> parse(byte[] bytes, int length) {
    int end = end(bytes, Math.min(length, MOST_BYTES));
    if (end < 0) {
      return Optional.empty();
    }
    String[] lines =
        new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split("\r?\n", MOST_FIELDS + 2);
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 1; i < lines.length && fields.size() < MOST_FIELDS; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
        fields.putIfAbsent(name, lines[i].substring(colon + 1).strip());
      }
    }
    return Optional.of(new HttpHead(lines[0], fields, end));
  }

  /** Behind the empty line, which may lack its carriage returns (RFC 9112 2.2). */
  private static int end(byte[] bytes, int length) {
    for (int i = 1; i < length; i++) {
      boolean isEmptyLine =
          bytes[i] == '\n'
              && (bytes[i - 1] == '\n' || (i > 1 && bytes[i - 1] == '\r' && bytes[i - 2] == '\n'));
      if (isEmptyLine) {
        return i + 1;
      }
    }
    return -1;
  }

  /** The field's value, or nothing. */
  String field(String name) {
    return fields.getOrDefault(name, "");
  }
}
