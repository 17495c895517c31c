package dev.holdfast.terminal;

import java.nio.charset.StandardCharsets;

/**
 * OSC strings that change what the terminal shows: titles, colours, links (xterm's ctlseqs.txt;
 * gist.github.com/egmontkob, "Hyperlinks in Terminal Emulators"). Others pass through to whoever is
 * attached and leave no trace, such as the clipboard's (52). Confined to its parser.
 */
final class OperatingSystemCommands {
  private static final int MOST_DIGITS = 4;

  private final Pen pen;
  private final Titles titles;
  private final Palette palette;

  OperatingSystemCommands(Pen pen, Titles titles, Palette palette) {
    this.pen = pen;
    this.titles = titles;
    this.palette = palette;
  }

  void execute(byte[] bytes, int length) {
    int end = 0;
    int number = 0;
    while (end < length && end < MOST_DIGITS && bytes[end] >= '0' && bytes[end] <= '9') {
      number = 10 * number + bytes[end++] - '0';
    }
    boolean hasText = end < length && bytes[end] == ';';
    if (end > 0 && (hasText || end == length)) {
      int from = hasText ? end + 1 : end;
      execute(number, new String(bytes, from, length - from, StandardCharsets.UTF_8));
    }
  }

  private void execute(int number, String text) {
    switch (number) {
      case 0, 2 -> titles.set(printable(text));
      case 4 -> palette.change(text);
      case 8 -> link(text);
      case 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 -> palette.changeOwn(number, text);
      case 104 -> palette.reset(text);
      case 110, 111, 112, 113, 114, 115, 116, 117, 118, 119 -> palette.resetOwn(number - 100);
      default -> {}
    }
  }

  private void link(String text) {
    int uri = text.indexOf(';') + 1;
    if (uri > 0 && text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      boolean ends = uri == text.length();
      pen.setLink(ends ? null : new Link(text.substring(0, uri - 1), text.substring(uri)));
    }
  }

  /** Without what another terminal could take for a control character. */
  private static String printable(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints().filter(c -> !Character.isISOControl(c)).forEach(kept::appendCodePoint);
    return kept.toString();
  }
}
