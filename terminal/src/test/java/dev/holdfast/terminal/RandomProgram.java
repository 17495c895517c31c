package dev.holdfast.terminal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes what a program might write to a terminal, from a seed. {@code strict} leaves out what real
 * terminals do not agree upon; {@link TmuxTest} says what that is.
 */
final class RandomProgram {
  private static final List<String> TEXTS =
      List.of("hello", "  two  words", "x", "漢字かな", "e\u0301a\u0308", "─│┌", "ñandú", "한글");
  private static final List<String> ODD_TEXTS =
      List.of(
          "👩\u200d👩\u200d👧",
          "👍🏽",
          "🇩🇪",
          "a\u200db",
          "\u0301",
          "❤\ufe0f",
          "\u0085",
          "\u009b5C");
  private static final List<String> MODES =
      List.of("?1", "?5", "?7", "?25", "?1000", "?1002", "?1003", "?1006", "?2004", "?1004", "?9");
  private static final List<String> LONG_WAYS =
      List.of(
          "\033]0;title \u00e9\007",
          "\033]2;other\033\\",
          "\033[22;0t",
          "\033[23;0t",
          "\033]8;id=1;http://a.test/\033\\",
          "\033]8;;\033\\",
          "\033]4;1;#ff0000\033\\",
          "\033]11;rgb:00/00/00\007",
          "\033]52;c;aGFsbG8=\007",
          "\033]104\007",
          "\033P1;2|ignored\033\\",
          "\033_apc\033\\",
          "\033[4 q",
          "\033[>1u",
          "\033[<u",
          "\033[=5;2u",
          "\033[>4;2m",
          "\033[?2026h",
          "\033[?2026l",
          "\033[!p",
          "\033c",
          "\033#8",
          "\033[6n",
          "\033[c",
          "\033N",
          "\033(0",
          "\033)0",
          "\033(B",
          "\016",
          "\017",
          "\033[3J",
          "\033[?47h",
          "\033[?47l",
          "\033[?1047h",
          "\033[?1047l",
          "\033[?1048h",
          "\033[20h",
          "\033[20l",
          "\033[99999999999;5H",
          "\033[1;2;3 \030x",
          "\u00ff\u00fe",
          "\033=",
          "\033>");

  private final SplittableRandom random;
  private final boolean strict;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Size size;
  private boolean inAlternate;

  private RandomProgram(long seed, boolean strict, Size size) {
    random = new SplittableRandom(seed);
    this.strict = strict;
    this.size = size;
  }

  static byte[] written(long seed, boolean strict, Size size, int steps) {
    RandomProgram program = new RandomProgram(seed, strict, size);
    for (int i = 0; i < steps; i++) {
      program.step();
    }
    return program.out.toByteArray();
  }

  private void step() {
    switch (random.nextInt(strict ? 13 : 16)) {
      case 0, 1, 2 -> write(TEXTS.get(random.nextInt(TEXTS.size())));
      case 3 -> write("0123456789".repeat(upTo(size.columns() / 4)) + "\r");
      case 4, 5 -> write("\r\n");
      case 6 -> style();
      case 7, 8 -> write("\033[%d;%dH".formatted(upTo(size.rows()), upTo(size.columns())));
      case 9 -> move();
      case 10 -> edit();
      case 11 -> structure();
      case 12 -> write("\t" + (char) ('a' + random.nextInt(26)));
      case 13 -> write(LONG_WAYS.get(random.nextInt(LONG_WAYS.size())));
      case 14 ->
          write(
              "\033["
                  + MODES.get(random.nextInt(MODES.size()))
                  + (random.nextBoolean() ? 'h' : 'l'));
      default -> odd();
    }
  }

  private void odd() {
    switch (random.nextInt(4)) {
      case 0 -> write(ODD_TEXTS.get(random.nextInt(ODD_TEXTS.size())));
      case 1 -> out.write(random.nextInt(256));
      case 2 -> write("\r\nplain line of text".repeat(random.nextInt(60)) + "\r\n");
      default -> write("\033[" + (random.nextBoolean() ? "4h" : "4l"));
    }
  }

  private void style() {
    switch (random.nextInt(7)) {
      case 0 -> write("\033[0m");
      case 1 -> write("\033[%dm".formatted(1 + random.nextInt(9)));
      case 2 -> write("\033[%d;%dm".formatted(30 + random.nextInt(8), 40 + random.nextInt(8)));
      case 3 -> write("\033[%dm".formatted(90 + random.nextInt(8)));
      case 4 -> write("\033[38;5;%dm".formatted(16 + random.nextInt(240)));
      case 5 -> write("\033[48;2;%d;%d;%dm".formatted(byteValue(), byteValue(), byteValue()));
      default -> write("\033[4:%dm\033[58:5:%dm".formatted(random.nextInt(6), byteValue()));
    }
  }

  private void move() {
    String end = "ABCDEFG`d".charAt(random.nextInt(9)) + "";
    // From a pending wrap, terminals count columns from different places.
    write((strict ? "\r\033[" + upTo(size.columns() - 1) + "G" : "") + "\033[" + upTo(6) + end);
  }

  private void edit() {
    String end = "@PXLMJK".charAt(random.nextInt(7)) + "";
    int count = "JK".contains(end) ? random.nextInt(3) : upTo(5);
    // See move(); and IL and DL leave the cursor where terminals do not agree.
    String before = strict ? "\r\033[" + upTo(size.columns() - 1) + "G" : "";
    // Half a wide character that is cut is not blank in the same way everywhere.
    if (strict && "LM".contains(end)) {
      write("\033[r");
    }
    write(before + (strict && "@PX".contains(end) ? "\033[2K" : ""));
    write("\033[" + count + end + (strict ? "\r" : ""));
  }

  private void structure() {
    switch (random.nextInt(9)) {
      case 0 -> {
        int top = upTo(size.rows() - 1);
        int bottom = top + upTo(size.rows() - top);
        write("\033[%d;%dr".formatted(top, bottom));
      }
      case 1 -> write("\033[r");
      case 2 -> write("\r\033M");
      case 3 -> write("\r\033D");
      case 4 -> write("\r\033[%d%s".formatted(upTo(3), random.nextBoolean() ? "S" : "T"));
      case 5 -> write("\0337");
      case 6 -> write("\0338\r");
      case 7 -> alternate(true);
      default -> {
        if (random.nextBoolean()) {
          alternate(false);
        } else {
          write("\r\033[?6h\033[?6l");
        }
      }
    }
  }

  /** Strictly, no screen is entered or left twice, and what DECSC saved does not matter there. */
  private void alternate(boolean enter) {
    if (!strict || enter != inAlternate) {
      write((enter ? "\033[?1049h" : "\033[?1049l") + (strict ? "\0337" : ""));
      inAlternate = enter;
    }
  }

  private int upTo(int most) {
    return 1 + random.nextInt(Math.max(1, most));
  }

  private int byteValue() {
    return random.nextInt(256);
  }

  private void write(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
