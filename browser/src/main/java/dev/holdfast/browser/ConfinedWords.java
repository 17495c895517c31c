package dev.holdfast.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** What a confined process says, line by line and without what could control a terminal. */
final class ConfinedWords {
  /** Characters of a line; what is longer is told in pieces. */
  static final int MOST_LINE = 1000;

  /** Lines of one process that are told. */
  static final int MOST_LINES = 200;

  private ConfinedWords() {}

  /** Tells them as they come, on a thread of its own. */
  static void follow(Duplex said, Consumer<String> tell) {
    Thread.ofVirtual().name("confined-words").start(() -> read(said, tell));
  }

  private static void read(Duplex said, Consumer<String> tell) {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_LINE);
    int lines = 0;
    try {
      while (said.read(bytes) >= 0) {
        for (int end = end(bytes); end > 0; end = end(bytes)) {
          String line = printable(new String(bytes.array(), 0, end, UTF_8));
          bytes.flip().position(end);
          bytes.compact();
          if (!line.isBlank() && ++lines <= MOST_LINES) {
            tell.accept(line);
          }
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  /** Behind the first line; 0 if there is no whole one. */
  private static int end(ByteBuffer bytes) {
    for (int i = 0; i < bytes.position(); i++) {
      if (bytes.get(i) == '\n') {
        return i + 1;
      }
    }
    return bytes.hasRemaining() ? 0 : bytes.position();
  }

  static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.strip()
        .codePoints()
        .filter(c -> c == '\t' || !Character.isISOControl(c))
        .forEach(shown::appendCodePoint);
    return shown.toString();
  }
}
