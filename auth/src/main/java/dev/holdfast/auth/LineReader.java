package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads a stranger's lines, of a bounded length. Confined to one thread. */
final class LineReader {
  /** Bytes of the longest line. */
  static final int MOST_BYTES = 1 << 20;

  private static final int BUFFER = 8 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** What was read. */
  sealed interface Read {
    /** A line, without its end. */
    record Line(String text) implements Read {}

    /** There are no more; what did not end with a line feed is none. */
    record End() implements Read {}

    /** The line is longer than it may be. */
    record TooLong() implements Read {}
  }

  Read next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (position == limit) {
        position = 0;
        limit = in.read(buffer);
        if (limit < 0) {
          limit = 0;
          return new Read.End();
        }
      }
      int start = position;
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      line.write(buffer, start, position - start);
      if (line.size() > MOST_BYTES) {
        return new Read.TooLong();
      }
      if (position < limit) {
        position++;
        return new Read.Line(line.toString(UTF_8));
      }
    }
  }
}
