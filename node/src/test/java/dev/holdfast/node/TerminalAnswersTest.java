package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of terminals among what is typed. */
final class TerminalAnswersTest {
  private static String without(String typed) {
    byte[] bytes = ("xx" + typed + "y").getBytes(US_ASCII);
    return new String(TerminalAnswers.without(bytes, 2, bytes.length - 3), US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\033[?64;1;2c",
        "\033[>0;276;0c",
        "\033[0n",
        "\033[12;40R",
        "\033[1;17R",
        "\033[?5;6R",
        "\033[?2026;2$y",
        "\033[8;24;80t",
        "\033P>|XTerm(370)\033\\",
        "\033P1$r0m\033\\",
        "\033]11;rgb:0000/0000/0000\007",
        "\033]10;rgb:ff/ff/ff\033\\"
      })
  void answersAreLeftOutWhereverTheyAre(String answer) {
    assertThat(without(answer)).isEmpty();
    assertThat(without("ls" + answer + "\r")).isEqualTo("ls\r");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\033",
        "\033[",
        "\033[A",
        "\033OP",
        "\033[1;5R",
        "\033[1;5C",
        "\033[3~",
        "\033[200~c\033[201~",
        "\033P",
        "\033]0;x",
        "\033c",
        "\033[<0;5;6M",
        "\033[I"
      })
  void keysAreLeftAsTheyAre(String keys) {
    assertThat(without(keys)).isEqualTo(keys);
  }
}
