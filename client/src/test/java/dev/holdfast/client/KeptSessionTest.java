package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines by which a session is kept at a stock server. */
final class KeptSessionTest {
  private final KeptSession session =
      new KeptSession(ClientOptions.SessionKeeper.SCREEN, "work", true);

  @Test
  void theLinesHaveNothingInQuotesThatShellsReadDifferently() {
    for (String line : List.of(session.line("", true), session.endingLine())) {
      assertThat(line).doesNotContain("\n").doesNotContain("!").doesNotContain("\\");
      assertThat(line.chars().filter(c -> c == '\'').count()).isEven();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"echo \"it's\"", "printf '%s\n' 'a b'", "a='$HOME'; echo \"$a\""})
  void aCommandIsWhatItIsWithoutOne(String command) throws Exception {
    // No multiplexer is found on this path, so that the command runs as it is.
    KeptSession none = new KeptSession(ClientOptions.SessionKeeper.DTACH, "work", false);
    assertThat(output(none.line(command, false))).endsWith(output(command));
  }

  private static String output(String line) throws Exception {
    ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", line).redirectErrorStream(true);
    shell.environment().put("SHELL", "/bin/sh");
    shell.environment().put("PATH", "/nowhere");
    Process process = shell.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a'b", "-a", "a.b", "a/b", "$a"})
  void aNameThatIsMoreThanANameIsRefused(String name) {
    assertThat(KeptSession.isName(name)).isFalse();
    assertThatThrownBy(() -> new KeptSession(ClientOptions.SessionKeeper.TMUX, name, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameHasABound() {
    assertThat(KeptSession.isName("x".repeat(KeptSession.MOST_NAME))).isTrue();
    assertThat(KeptSession.isName("x".repeat(KeptSession.MOST_NAME + 1))).isFalse();
  }

  @Test
  void whoGivesNoNameGetsAFreshOneEachTime() throws Exception {
    KeptSession one = KeptSession.of(config()).orElseThrow();
    KeptSession other = KeptSession.of(config()).orElseThrow();
    assertThat(one.isNamed()).isFalse();
    assertThat(one.name()).isNotEqualTo(other.name());
    assertThat(KeptSession.of(config("HoldfastContext none"))).isEmpty();
    assertThat(KeptSession.of(config("HoldfastSession work", "HoldfastContext screen")))
        .contains(session);
  }

  private static ClientConfig config(String... options) throws Exception {
    return ClientConfig.read(
        new ConfigQuery("host", List.of(options), Optional.of("none"), ""),
        Surroundings.ofProcess());
  }
}
