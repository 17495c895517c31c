package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code holdfast demo} as a person has it. */
final class DemoTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int STATUS = 5;
  private static final int LINES = 40;

  @Test
  @Needs({Tool.SSH, Tool.TMUX})
  void atATerminalItIsAShellThatSurvives() {
    try (Terminal terminal = Terminal.running(Holdfast.command("demo", "--every", "200"))) {
      terminal.awaitShown("leave with exit");
      terminal.enter("unset HISTFILE; PS1='demo> '; clear; echo rea''dy");
      terminal.awaitShown("ready");
      for (int i = 0; i < LINES; i++) {
        terminal.enter("echo sa''id-" + i);
        terminal.awaitShown("said-" + i);
      }
      terminal.enter("clear; stty size");
      terminal.awaitShown("24 80");
      terminal.resize(100, 30);
      terminal.enter("clear; stty size");
      terminal.awaitShown("30 100");
      terminal.enter("exit " + STATUS);
      terminal.awaitShown("Your shell survived");
      assertThat(terminal.awaitStatus()).isEqualTo(STATUS);
      assertThat(terminal.screen())
          .contains("link reset", "proxy restarted")
          .containsPattern("survived [1-9][0-9]* cuts? of the link and [1-9][0-9]* restarts?");
    }
  }

  @Test
  void withoutATerminalItCopies() {
    Outcome outcome = Holdfast.command("demo", "--megabytes", "32", "--every", "100").run().ok();
    assertThat(outcome.output()).contains("Nothing lost, nothing twice", "proxy restarted");
  }

  @Test
  void whatItKeepsGoesWithItHoweverItEnds() {
    for (String signal : List.of("TERM", "KILL")) {
      Path temporary = Scratch.directory("temporary");
      try (Program demo =
          Holdfast.command("demo", "--megabytes", "100000")
              .with("HOLDFAST_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary)
              .start()) {
        demo.awaitOutput("Copying", PATIENCE);
        assertThat(files(temporary)).isNotEmpty();
        demo.signal(signal);
        Await.until("nothing to be left", PATIENCE, () -> files(temporary).isEmpty());
      }
    }
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
