package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A person at a terminal, with ssh and the ProxyCommand. */
@Needs({Tool.SSH, Tool.SSHD, Tool.TMUX})
final class TerminalTest {
  private static final Duration NOTICED = Duration.ofSeconds(40);
  private static final String SHELL = "PS1='ready> ' exec bash --norc --noprofile -i";

  @RegisterExtension static final Site SITE = new Site();

  @Test
  void theSizeOfTheWindowArrivesAndSoDoesItsChange() {
    try (Terminal terminal = login()) {
      terminal.enter("stty size");
      terminal.awaitShown("24 80");
      terminal.resize(100, 30);
      terminal.enter("stty size");
      terminal.awaitShown("30 100");
      terminal.enter("exit 5");
      assertThat(terminal.awaitStatus()).isEqualTo(5);
    }
  }

  @Test
  void controlCStopsTheRemoteProgramAndNothingElse() {
    try (Terminal terminal = login()) {
      terminal.enter("sleep 1000");
      terminal.awaitShown("sleep 1000");
      terminal.press("C-c");
      terminal.awaitShown("^C");
      terminal.enter("echo status $((100 + $?))");
      terminal.awaitShown("status 230");
    }
  }

  @Test
  void anOutageDoesNotSpoilAFullScreenProgram() throws IOException {
    Path text =
        Files.writeString(
            Scratch.directory("text").resolve("text"),
            IntStream.rangeClosed(1, 500)
                .mapToObj(i -> "line " + i + "\n")
                .collect(Collectors.joining()));
    try (Terminal terminal = login()) {
      terminal.enter("less " + text);
      terminal.awaitShown("line 23");
      String before = terminal.screen();
      String title = terminal.title();
      SITE.relay().fallSilent(Silence.FORGOTTEN);
      terminal.press("Space"); // somebody waits for an echo, so the link is soon suspect
      Await.until(
          () -> "word of the lost link in the title: " + terminal.title(),
          NOTICED,
          () -> !terminal.title().equals(title));
      assertThat(terminal.screen()).isEqualTo(before);
      SITE.relay().heal();
      terminal.awaitShown("line 46");
      assertThat(terminal.screen().lines()).containsSequence("line 24", "line 25", "line 26");
      Await.until(
          () -> "the title of before: " + terminal.title(),
          NOTICED,
          () -> terminal.title().equals(title));
    }
  }

  private static Terminal login() {
    Terminal terminal = Terminal.running(SITE.ssh(Route.HELD).ssh("-t", Ssh.HOST, SHELL));
    terminal.awaitShown("ready>");
    return terminal;
  }
}
