package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Escape sequences among what is typed. */
final class EscapesTest {
  private final List<Character> commands = new ArrayList<>();
  private final Escapes escapes = new Escapes('~', c -> commands.add((char) c));

  /** n stands for the end of a line. */
  @ParameterizedTest
  @CsvSource({
    "abc, abc, ''",
    "~., '', .",
    "a~., a~., ''",
    "an~., an, .",
    "~~, ~, ''",
    "~~., ~., ''",
    "~x, ~x, ''",
    "~.~., '', ..",
    "~?abc~?, abc~?, ?",
    "~n~s, ~n, s",
  })
  void areCommandsAtTheBeginningOfALineOnly(String typed, String sent, String expected) {
    String got = type(typed.replace('n', '\r'));
    assertThat(got.replace('\r', 'n')).isEqualTo(sent);
    StringBuilder all = new StringBuilder();
    commands.forEach(all::append);
    assertThat(all).hasToString(expected);
  }

  @Test
  void areTheSameHoweverTheyAreCut() {
    assertThat(type("\r") + type("~") + type(".") + type("x")).isEqualTo("\rx");
    assertThat(commands).containsExactly('.');
  }

  @Test
  void areNotThereWithoutAnEscapeCharacter() {
    Escapes none = new Escapes(-1, c -> commands.add((char) c));
    byte[] typed = "~.\r~.".getBytes(ISO_8859_1);
    assertThat(none.filtered(typed, typed.length)).isEqualTo(typed);
    assertThat(commands).isEmpty();
  }

  private String type(String text) {
    byte[] typed = text.getBytes(ISO_8859_1);
    return new String(escapes.filtered(typed, typed.length), ISO_8859_1);
  }
}
