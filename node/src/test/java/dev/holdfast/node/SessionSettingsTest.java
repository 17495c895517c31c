package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ssh.ClientEnd.Ending;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SessionSettingsTest {
  private static SessionSettings accepting(String... patterns) {
    return new SessionSettings(
        List.of(patterns), Optional.empty(), true, true, true, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "LC_*, LC_ALL, true",
    "LC_*, LC_, true",
    "LC_*, XLC_A, false",
    "*, ANY, true",
    "A?C, ABC, true",
    "A?C, AC, false",
    "*A*B, XAYAB, true",
    "*A*B, XAYAC, false",
    "LANG, LANGUAGE, false",
    "'', X, false"
  })
  void aPatternAcceptsTheNamesThatItMatches(String pattern, String name, boolean accepted) {
    assertThat(accepting(pattern).accepts(name)).isEqualTo(accepted);
  }

  @Test
  void noVariableIsAcceptedUnlessTold() {
    assertThat(SessionSettings.defaults().accepts("LANG")).isFalse();
  }

  /** A client that sends a name against many stars costs no more than a client that does not. */
  @Test
  void starsAreNotTriedInEveryCombination() {
    assertThat(accepting("*a".repeat(20) + "b").accepts("a".repeat(30_000))).isFalse();
  }

  @Test
  void aProcessEndsAsWaitpidTells() {
    assertThat(new WaitStatus(42 << 8).ending()).isEqualTo(new Ending.Status(42));
    assertThat(new WaitStatus(9).ending()).isEqualTo(new Ending.Signal("KILL", false, ""));
    assertThat(new WaitStatus(11 | 0x80).ending()).isEqualTo(new Ending.Signal("SEGV", true, ""));
    assertThat(new WaitStatus(31).ending())
        .isEqualTo(new Ending.Signal("SIG@openssh.com", false, ""));
  }
}
