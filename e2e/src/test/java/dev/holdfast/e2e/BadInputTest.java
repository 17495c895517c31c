package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What cannot be done is told in one sentence, with status 2 for wrong words and 255 for the world.
 */
final class BadInputTest {
  private static final int USAGE = 2;
  private static final int FAILED = 255;
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "frobnicate",
        "--frobnicate",
        "connect",
        "connect localhost",
        "connect localhost ssh-ish",
        "connect localhost 0",
        "connect localhost 65536",
        "connect localhost -1",
        "connect localhost 22 23",
        "connect --frobnicate localhost 22",
        "connect --timeout",
        "connect --timeout soon localhost 22",
        "connect --timeout -5s localhost 22",
        "gate",
        "gate --listen 127.0.0.1:2222",
        "gate --to 127.0.0.1:22",
        "gate --listen --to 127.0.0.1:22",
        "gate --listen 127.0.0.1 --to 127.0.0.1:22",
        "gate --listen 127.0.0.1:port --to 127.0.0.1:22",
        "gate --listen 127.0.0.1:65536 --to 127.0.0.1:22",
        "gate --listen 127.0.0.1:2222 --to 127.0.0.1:0",
        "gate --listen 127.0.0.1:2222 --to [::1",
        "gate --listen 127.0.0.1:2222 --to 127.0.0.1:22 stray",
        "gate --frobnicate --listen 127.0.0.1:2222 --to 127.0.0.1:22",
      })
  void wrongWordsAreUsageErrors(String arguments) {
    assertOneSentence(Holdfast.command(arguments.split(" ")), USAGE);
  }

  @Test
  void aRefusedPortIsNamed() {
    String port = Integer.toString(Ports.free().getPort());
    assertThat(assertOneSentence(Holdfast.command("connect", "127.0.0.1", port), FAILED))
        .contains("refused", port);
  }

  @Test
  void anUnknownHostIsNamed() {
    assertThat(assertOneSentence(Holdfast.command("connect", "no.such.host.invalid", "22"), FAILED))
        .contains("no.such.host.invalid");
  }

  @Test
  @NeedsRoot
  void anUnreachableHostIsNamed() {
    Command connect =
        Holdfast.command("connect", "192.0.2.1", "22").startedBy(List.of("unshare", "--net"));
    assertThat(assertOneSentence(connect, FAILED)).contains("192.0.2.1");
  }

  @Test
  @NeedsRoot
  @Needs(Tool.GCC)
  void aHostThatDoesNotAnswerIsGivenUpAfterTheTimeout() {
    try (Wan wan = new Wan()) {
      wan.tell("cut");
      Command connect =
          Holdfast.command("connect", "--connect-timeout", "2s", Wan.SERVER_ADDRESS, "22")
              .startedBy(wan.client().enter());
      assertThat(assertOneSentence(connect, FAILED)).contains(Wan.SERVER_ADDRESS);
    }
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String listen = "127.0.0.1:" + taken.getLocalPort();
      Command gate = Holdfast.command("gate", "--listen", listen, "--to", "127.0.0.1:22");
      assertThat(assertOneSentence(gate, FAILED)).contains(listen);
    }
  }

  @Test
  @NeedsRoot
  void aPortThatOneMayNotTakeIsNamed() {
    Command gate =
        Holdfast.command("gate", "--listen", "127.0.0.1:22", "--to", "127.0.0.1:2222")
            .startedBy(List.of("setpriv", "--bounding-set=-net_bind_service"));
    assertThat(assertOneSentence(gate, FAILED)).contains("127.0.0.1:22");
  }

  @Test
  void anAddressThatIsNotOursIsNamed() {
    Command gate = Holdfast.command("gate", "--listen", "192.0.2.1:2222", "--to", "127.0.0.1:22");
    assertThat(assertOneSentence(gate, FAILED)).contains("192.0.2.1:2222");
  }

  @Test
  void helpIsNotAnError() {
    for (String command : List.of("connect", "gate")) {
      Outcome help = Holdfast.command(command, "--help").run().ok();
      assertThat(help.output()).contains("holdfast " + command);
      assertThat(help.errors()).isEmpty();
    }
  }

  private static String assertOneSentence(Command command, int status) {
    Outcome outcome = command.run(AT_ONCE).exited(status);
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.errors())
        .hasLineCount(1)
        .doesNotContain("Exception", "\tat ", "null")
        .endsWith("\n");
    return outcome.errors();
  }
}
