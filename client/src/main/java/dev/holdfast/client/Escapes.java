package dev.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.util.function.IntConsumer;

/**
 * The escape sequences in what a person types (ssh(1), ESCAPE CHARACTERS): a character after the
 * escape character at the beginning of a line. Confined to its caller.
 */
final class Escapes {
  private final int escape;
  private final IntConsumer commands;
  private boolean lineBegins = true;
  private boolean escaped;

  /**
   * With that escape character.
   *
   * @param escape its code; negative for none
   * @param commands told of each command's character; anything but a command is to be answered with
   *     nothing, and is not sent
   */
  Escapes(int escape, IntConsumer commands) {
    this.escape = escape;
    this.commands = commands;
  }

  /** What is to be sent of what was typed. */
  byte[] filtered(byte[] typed, int length) {
    ByteArrayOutputStream sent = new ByteArrayOutputStream(length + 1);
    for (int i = 0; i < length; i++) {
      int c = typed[i] & 0xff;
      if (escaped) {
        escaped = false;
        afterEscape(c, sent);
      } else if (lineBegins && c == escape) {
        escaped = true;
      } else {
        sent.write(c);
        lineBegins = c == '\r' || c == '\n';
      }
    }
    return sent.toByteArray();
  }

  private void afterEscape(int c, ByteArrayOutputStream sent) {
    if (c == escape) {
      sent.write(c);
      lineBegins = false;
    } else if (isCommand(c)) {
      commands.accept(c);
      lineBegins = true;
    } else {
      sent.write(escape);
      sent.write(c);
      lineBegins = c == '\r' || c == '\n';
    }
  }

  static boolean isCommand(int c) {
    return ".?#srRBC".indexOf(c) >= 0 || c == SUSPEND;
  }

  /** Control-Z. */
  static final int SUSPEND = 26;
}
