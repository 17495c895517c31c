package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code holdfast ssh} paints over a person's terminal, and that it goes again. */
@Needs({Tool.SSH, Tool.SSHD, Tool.TMUX})
final class OverlayTest {
  private static final Duration NOTICED = Duration.ofSeconds(60);
  private static final String SHELL = "PS1='ready> ' exec bash --norc --noprofile -i";
  private static final String SILENCE = "for ";

  @RegisterExtension static final Site SITE = new Site();

  private static Terminal login() {
    Terminal terminal =
        Terminal.running(
            SITE.holdfastSsh(Route.HELD)
                .ssh("-o", "HoldfastPredict=always", "-t", Ssh.HOST, SHELL));
    terminal.awaitShown("ready>");
    return terminal;
  }

  @Test
  void aSilenceIsToldBesideWhatIsTypedUntilItEnds() {
    try (Terminal terminal = login()) {
      terminal.enter("echo one");
      terminal.awaitShown("\none");
      terminal.press("x");
      terminal.awaitShown("ready> x");
      SITE.relay().fallSilent(Silence.FORGOTTEN);
      Await.until(
          () -> "a notice on:\n" + terminal.screen(),
          NOTICED,
          () -> terminal.screen().contains(SILENCE));
      SITE.relay().heal();
      Await.until(
          () -> "no notice on:\n" + terminal.screen(),
          NOTICED,
          () -> !terminal.screen().contains(SILENCE));
      terminal.press("C-u");
      terminal.enter("exit 5");
      assertThat(terminal.awaitStatus()).isEqualTo(5);
      assertThat(terminal.screen()).doesNotContain(SILENCE);
    }
  }

  @Test
  void aPasswordIsNotShown() {
    try (Terminal terminal = login()) {
      terminal.enter("read -rsp 'secret: ' it; echo got $it");
      terminal.awaitShown("secret:");
      for (String key : new String[] {"q", "w", "v"}) {
        terminal.press(key);
        assertThat(terminal.screen()).doesNotContain("secret: q");
      }
      terminal.press("Enter");
      terminal.awaitShown("got qwv");
      terminal.enter("exit 5");
      assertThat(terminal.awaitStatus()).isEqualTo(5);
    }
  }
}
