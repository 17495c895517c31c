package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({"HUP, 129", "TERM, 143", "INT, 130"})
  void aSignalLeavesTheTerminalAsItWas(String signal, int status) {
    Path pid = Scratch.directory("signal").resolve("pid");
    try (Terminal terminal = fullScreen(pid)) {
      Command.of("kill", "-" + signal, Long.toString(client(pid).pid())).run().ok();
      terminal.awaitShown("ended " + status);
      terminal.awaitShown("icanon");
      assertThat(terminal.screen()).contains("before").doesNotContain("full");
    }
  }

  @Test
  void whoseTerminalIsClosedGoes() {
    Path pid = Scratch.directory("closed").resolve("pid");
    ProcessHandle client;
    try (Terminal _ = fullScreen(pid)) {
      client = client(pid);
    }
    Await.until(() -> "the end of " + client, NOTICED, () -> !client.isAlive());
  }

  /** A shell with a client in it, whose command fills the screen; its own number is in the file. */
  private static Terminal fullScreen(Path pid) {
    String shell =
        "echo $$ >\"$1\"; shift; echo before; \"$@\"; echo ended $?; stty -a | grep -o ' icanon'";
    Command client =
        SITE.holdfastSsh(Route.HELD)
            .ssh("-t", Ssh.HOST, "printf '\\033[?1049h\\033[H'; echo full; exec sleep 100");
    Terminal terminal =
        Terminal.running(
            Command.of("sh", "-c", shell, "sh", pid.toString())
                .plus(client.words().toArray(String[]::new)));
    terminal.awaitShown("full");
    return terminal;
  }

  private static ProcessHandle client(Path shell) {
    try {
      long pid = Long.parseLong(Files.readString(shell).strip());
      return ProcessHandle.of(pid).orElseThrow().children().findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
