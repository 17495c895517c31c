package dev.holdfast.browser;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a server answered to a request, as far as it was read.
 *
 * @param status such as 200
 * @param head with its fields
 * @param body as far as it came, without the marks of chunks
 */
record HttpAnswer(int status, HttpHead head, byte[] body) {
  /** Bytes of an answer that are read. */
  static final int MOST_BYTES = 64 * 1024;

  private static final int STATUS_AT = 9;
  private static final int MOST_CHUNK_DIGITS = 6;

  /** The answer that {@code bytes} begin with; nothing if that is none. */
  static Optional<HttpAnswer> parse(byte[] bytes, int length) {
    return HttpHead.parse(bytes, length)
        .filter(head -> status(head.firstLine()) > 0)
        .map(head -> {
          byte[] rest = Arrays.copyOfRange(bytes, head.length(), length);
          boolean isChunked = lower(head.field("transfer-encoding")).contains("chunked");
          byte[] body = isChunked ? unchunked(rest) : rest;
          return new HttpAnswer(status(head.firstLine()), head, body);
        });
  }

  private static int status(String line) {
    boolean isStatus =
        line.startsWith("HTTP/1.")
            && line.length() >= STATUS_AT + 3
            && line.substring(STATUS_AT, STATUS_AT + 3).chars().allMatch(c -> c >= '0' && c <= '9');
    return isStatus ? Integer.parseInt(line.substring(STATUS_AT, STATUS_AT + 3)) : 0;
  }

  /** RFC 9112 7.1. */
  private static byte[] unchunked(byte[] bytes) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (at < bytes.length) {
      int line = at;
      while (line < bytes.length && bytes[line] != '\n') {
        line++;
      }
      int size = size(new String(bytes, at, line - at, StandardCharsets.ISO_8859_1));
      if (size <= 0 || line + 1 >= bytes.length) {
        break;
      }
      int kept = Math.min(size, bytes.length - line - 1);
      body.write(bytes, line + 1, kept);
      at = line + 1 + kept + 2;
    }
    return body.toByteArray();
  }

  private static int size(String line) {
    String digits = line.replaceFirst("[;\\s].*", "").strip();
    boolean isSize =
        digits.length() <= MOST_CHUNK_DIGITS
            && !digits.isEmpty()
            && digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
    return isSize ? Integer.parseInt(digits, 16) : 0;
  }

  /** The body as text. */
  String text() {
    return new String(body, charset());
  }

  private Charset charset() {
    String type = lower(head.field("content-type"));
    int at = type.indexOf("charset=");
    if (at < 0) {
      return StandardCharsets.UTF_8;
    }
    try {
      return Charset.forName(type.substring(at + 8).replaceFirst("[;\\s].*", "").replace("\"", ""));
    } catch (IllegalArgumentException e) {
      return StandardCharsets.UTF_8;
    }
  }

  /** Whether it sends the browser elsewhere. */
  boolean isRedirect() {
    return status >= 300 && status < 400 && !head.field("location").isEmpty();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
