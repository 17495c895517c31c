package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code holdfast demo} as a person has it. */
final class DemoTest {
  private static final int STATUS = 5;
  private static final int LINES = 15;

  @Test
  @Needs({Tool.SSH, Tool.TMUX})
  void atATerminalItIsAShellThatSurvives() {
    try (Terminal terminal = Terminal.running(Holdfast.command("demo", "--every", "300"))) {
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
      assertThat(terminal.screen()).contains("link reset").doesNotContain("survived 0");
    }
  }

  @Test
  void withoutATerminalItCopies() {
    Outcome outcome = Holdfast.command("demo", "--megabytes", "8", "--every", "100").run().ok();
    assertThat(outcome.output()).contains("Nothing lost, nothing twice");
  }
}
