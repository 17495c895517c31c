package dev.holdfast.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines of bounded length from a peer. Confined to one thread. */
final class LineReader {
  private final InputStream in;
  private final int most;
  private final StringBuilder line = new StringBuilder();

  LineReader(InputStream in, int most) {
    this.in = in;
    this.most = most;
  }

  /**
   * The next line without its end; null at the end of the input.
   *
   * @throws IOException if it is too long, or no ASCII
   */
  @Nullable String next() throws IOException {
    line.setLength(0);
    for (int one = in.read(); one >= 0; one = in.read()) {
      if (one == '\n') {
        return line.toString();
      }
      if (line.length() == most || one > 0x7e || (one < 0x20 && one != '\r')) {
        throw new IOException("what came is not a line");
      }
      if (one != '\r') {
        line.append((char) one);
      }
    }
    return null;
  }

  /** The bytes of a line. */
  static byte[] bytes(String line) {
    return (line + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
