package dev.holdfast.node;

import java.io.ByteArrayOutputStream;

/**
 * What terminals answer to a program's questions, among what people type: DA, DSR, DECRPM and
 * reports of windows (CSI), DECRQSS and XTVERSION (DCS), colours (OSC). Of several terminals at one
 * session only one may answer.
 *
 * <p>An answer is known for one only if it comes in one piece, as terminals send it: to wait for
 * the rest would hold up the Escape key.
 */
final class TerminalAnswers {
  private static final byte ESCAPE = 0x1b;
  private static final byte BELL = 0x07;

  /** Shift to all of Ctrl, Alt, Shift and Meta: xterm sends {@code CSI 1 ; 2 R} for Shift-F3. */
  private static final int MOST_MODIFIERS = 16;

  private TerminalAnswers() {}

  /** What is typed without the answers in it. */
  static byte[] without(byte[] bytes, int offset, int length) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(length);
    int end = offset + length;
    for (int at = offset; at < end; ) {
      int answer = bytes[at] == ESCAPE ? lengthOf(bytes, at, end) : 0;
      if (answer == 0) {
        kept.write(bytes[at]);
        at++;
      } else {
        at += answer;
      }
    }
    return kept.toByteArray();
  }

  /** Bytes of the answer that begins there; 0 if none does. */
  private static int lengthOf(byte[] bytes, int from, int end) {
    if (from + 1 == end) {
      return 0;
    }
    return switch (bytes[from + 1]) {
      case '[' -> lengthOfCsi(bytes, from, end);
      case 'P', ']' -> lengthOfString(bytes, from, end);
      default -> 0;
    };
  }

  private static int lengthOfCsi(byte[] bytes, int from, int end) {
    int at = from + 2;
    while (at < end && bytes[at] >= ' ' && bytes[at] < '@') {
      at++;
    }
    if (at == end) {
      return 0;
    }
    String parameters =
        new String(bytes, from + 2, at - from - 2, java.nio.charset.StandardCharsets.US_ASCII);
    boolean answer =
        switch (bytes[at]) {
          case 'c', 'n', 't' -> !parameters.isEmpty();
          case 'y' -> parameters.endsWith("$");
          case 'R' -> isPosition(parameters);
          default -> false;
        };
    return answer ? at + 1 - from : 0;
  }

  private static boolean isPosition(String parameters) {
    if (parameters.matches("1;\\d{1,2}")) {
      return Integer.parseInt(parameters.substring(2)) > MOST_MODIFIERS;
    }
    return parameters.matches("\\??\\d{1,5};\\d{1,5}(;\\d{1,5})?");
  }

  private static int lengthOfString(byte[] bytes, int from, int end) {
    for (int at = from + 2; at < end; at++) {
      if (bytes[at] == BELL) {
        return at + 1 - from;
      }
      if (bytes[at] == ESCAPE) {
        return at + 1 < end && bytes[at + 1] == '\\' ? at + 2 - from : 0;
      }
    }
    return 0;
  }
}
