package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain text, äöü 漢字 🙂\r\n\t\b",
        "\033[1;31mred\033[0m \033[38;2;1;2;3m \033[38:2::1:2:3m",
        "\033[2J\033[H\033[10;20H\033[K\033[3A\033[?25l\033[?25h\033[?1049h\033[?1049l",
        "\0337\0338\033M\033D\033E\033H\033(0\033(B\016\017",
        "\033[2;10r\033[4h\033[4l\033[?7l\033[5@\033[5P\033[5X\033[5b"
      })
  void showsWhatMovesErasesWritesAndColours(String text) {
    assertThat(screen(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\033[c", // who are you
        "\033[>c",
        "\033[6n", // where is the cursor
        "\033[?6n",
        "\033[5n",
        "\005", // ENQ
        "\007",
        "\033Z",
        "\033[?1000h", // mouse
        "\033[?1006;25h",
        "\033[?1h", // cursor keys
        "\033=",
        "\033[?2004h",
        "\033[?1004h",
        "\033[>1u", // keyboard
        "\033[?u",
        "\033[=1u",
        "\033[3J", // scrollback
        "\033[2;3J",
        "\033c", // reset
        "\033[!p",
        "\033[?3h", // 132 columns
        "\033[8;10;10t", // window's size
        "\033[21t", // title, answered
        "\033[i", // printer
        "\033[0q",
        "\033[1 q",
        "\033[20h",
        "\033[999999999b", // a billion characters
        "\033[99999999999999999999A",
        "\033]0;title\007",
        "\033]0;title\033\\",
        "\033]52;c;aGVsbG8=\007", // clipboard
        "\033]4;1;?\007",
        "\033]8;;http://example.org\033\\",
        "\033P$q\"p\033\\", // DECRQSS
        "\033P+q544e\033\\",
        "\033_Ga=T;AAAA\033\\",
        "\033^x\033\\",
        "\033Xx\033\\",
        "\u009b6n",
        "\u009d0;title\u009c",
        "\u0090x\u009c",
        "\033#8",
        "\033%@",
        "\177"
      })
  void leavesOutWhatAsksOrChangesMore(String text) {
    assertThat(screen("a" + text + "b")).isEqualTo("ab");
    assertThat(text("a" + text + "b")).isEqualTo("ab");
  }

  @Test
  void bytesThatAreNoTextAreReplaced() {
    byte[] bytes = {'a', (byte) 0x9b, '6', 'n', (byte) 0xc0, (byte) 0xaf, (byte) 0xff, 'b'};
    assertThat(new String(new SafeText(SafeText.Keep.SCREEN).filter(bytes), UTF_8))
        .isEqualTo("a\ufffd6n\ufffd\ufffd\ufffdb");
  }

  @Test
  void anUnfinishedStringSwallowsNothingBehindItsCancel() {
    assertThat(screen("a\033]0;t\030b")).isEqualTo("ab");
    assertThat(screen("a\033[6\030b")).isEqualTo("ab");
    assertThat(screen("a\033]0;t\033[31mb")).isEqualTo("a\033[31mb");
  }

  @Test
  void sequencesAreBounded() {
    assertThat(screen("a\033[" + "1;".repeat(SafeText.MOST_SEQUENCE) + "mb")).isEqualTo("ab");
    assertThat(screen("\033[" + SafeText.MOST_NUMBER + "C")).isNotEmpty();
    assertThat(screen("\033[" + (SafeText.MOST_NUMBER + 1) + "C")).isEmpty();
  }

  @Test
  void piecesAreWhatTheWholeIs() {
    String all = "ä\033[1;31mred\033]0;x\033\\漢\033[6n\033[?25h🙂end";
    SafeText safe = new SafeText(SafeText.Keep.SCREEN);
    StringBuilder pieces = new StringBuilder();
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (byte each : all.getBytes(UTF_8)) {
      out.writeBytes(safe.filter(new byte[] {each}));
    }
    pieces.append(out.toString(UTF_8));
    assertThat(pieces.toString()).isEqualTo(screen(all)).isEqualTo("ä\033[1;31mred漢\033[?25h🙂end");
  }

  @Test
  void textHasNoControlsButLineEndsAndTabs() {
    assertThat(text("a\033[1mb\r\nc\td\b\033(0")).isEqualTo("ab\nc\td");
  }

  private static String screen(String text) {
    return new String(new SafeText(SafeText.Keep.SCREEN).filter(text.getBytes(UTF_8)), UTF_8);
  }

  private static String text(String text) {
    return new String(new SafeText(SafeText.Keep.TEXT).filter(text.getBytes(UTF_8)), UTF_8);
  }
}
