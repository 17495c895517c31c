package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class ConnectTest {
  @Test
  void theFastWayToConnectKnowsTheSameOptionsAndHelp() throws IOException {
    CommandLine fast = connectOf(Main.connectOnly(StandardStreams.ofProcess()));
    CommandLine full = connectOf(Main.commandLine());
    assertThat(fast.getUsageMessage())
        .isEqualTo(full.getUsageMessage())
        .startsWith("Usage: holdfast connect [-hqvV] [--connect-timeout=TIME]")
        .contains("ProxyCommand holdfast connect %h %p");
    assertThat(ManPage.text(fast, "1")).isEqualTo(ManPage.text(full, "1"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "connect, Missing required parameters",
        "connect host, Missing required parameter",
        "connect host 0, 'host 0': A port is",
        "connect host port, 'host port' has no port",
        "connect host 22 --resume v3, Invalid value for option '--resume'",
        "connect host 22 --timeout soon, Invalid value for option '--timeout'",
        "connect host 22 more, Unmatched argument",
        "gate, Missing required option: '--to",
        "gate --to 22, Missing required option: '--listen",
        "gate --to 22 --listen no.such.host.invalid:22, Invalid value for option '--listen'",
        "gate --to 22 --listen 70000, Invalid value for option '--listen'",
      })
  void wrongArgumentsGetOneSentenceAndStatus2(String line, String begin) {
    StringWriter err = new StringWriter();
    assertThat(run(err, line)).isEqualTo(2);
    assertThat(err.toString()).startsWith("holdfast: " + begin).hasLineCount(1).contains("--help)");
  }

  @ParameterizedTest
  @CsvSource({
    "connect --connect-timeout 2s 127.0.0.1 1, refused",
    "connect --connect-timeout 2s no.such.host.invalid 22, no.such.host.invalid",
    "gate --to 22 --listen 192.0.2.1:2222, does not have the address 192.0.2.1",
  })
  void aFailureOfTheWorldGetsOneSentenceAndStatus255(String line, String part) {
    StringWriter err = new StringWriter();
    assertThat(run(err, line)).isEqualTo(255);
    assertThat(err.toString()).startsWith("holdfast: ").hasLineCount(1).contains(part);
  }

  @Test
  void aPortInUseGetsOneSentenceAndStatus255() throws IOException {
    try (java.net.ServerSocket taken = new java.net.ServerSocket(0)) {
      StringWriter err = new StringWriter();
      assertThat(run(err, "gate --to 22 --listen " + taken.getLocalPort())).isEqualTo(255);
      assertThat(err.toString()).hasLineCount(1).contains("another process listens there");
    }
  }

  @Test
  void trainingForTheCacheConnectsThroughAGate() throws Exception {
    try (HoldfastProcess train = HoldfastProcess.start("train")) {
      assertThat(train.awaitExit()).isZero();
    }
  }

  private static CommandLine connectOf(CommandLine command) {
    return Objects.requireNonNull(command.getSubcommands().get("connect"));
  }

  private static int run(StringWriter err, String line) {
    return Main.commandLine().setErr(new PrintWriter(err, true)).execute(line.split(" "));
  }
}
