package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that are refused because others from there did not log in. */
@Timeout(60)
final class PenaltiesTest {
  private static final SocketAddress HERE = from("192.0.2.7");
  private static final SocketAddress THERE = from("192.0.2.8");

  @TempDir Path directory;
  private final AtomicLong nanos = new AtomicLong(-5);

  @Test
  void whatAddsUpToLittleIsNotRefusedAndMoreIsForSoLong() throws Exception {
    Penalties penalties = penalties("authfail:5s min:15s max:1m");
    for (int i = 0; i < 3; i++) {
      penalties.punish(HERE, Penalties.Offence.AUTH_FAILED);
      assertThat(penalties.admits(HERE)).isTrue();
    }
    penalties.punish(HERE, Penalties.Offence.AUTH_FAILED);
    assertThat(penalties.admits(HERE)).isFalse();
    assertThat(penalties.admits(THERE)).isTrue();
    pass(Duration.ofSeconds(19));
    assertThat(penalties.admits(HERE)).isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(penalties.admits(HERE)).isTrue();
  }

  @Test
  void itNeverLastsLongerThanTheMost() throws Exception {
    Penalties penalties = penalties("grace-exceeded:50s max:1m");
    for (int i = 0; i < 100; i++) {
      penalties.punish(HERE, Penalties.Offence.GRACE_EXCEEDED);
    }
    pass(Duration.ofMinutes(1));
    assertThat(penalties.admits(HERE)).isTrue();
  }

  @Test
  void aNetworkIsOneSource() throws Exception {
    Penalties penalties =
        new Penalties(
            settings("PerSourcePenalties", "authfail:20s", "PerSourceNetBlockSize", "24:64"),
            nanos::get);
    penalties.punish(HERE, Penalties.Offence.AUTH_FAILED);
    assertThat(penalties.admits(THERE)).isFalse();
    assertThat(penalties.admits(from("192.0.3.7"))).isTrue();
    penalties.punish(from("2001:db8::1"), Penalties.Offence.AUTH_FAILED);
    assertThat(penalties.admits(from("2001:db8::2"))).isFalse();
  }

  @Test
  void whoIsExemptOrCameByNoNetworkIsNeverRefused() throws Exception {
    Penalties penalties =
        new Penalties(
            settings(
                "PerSourcePenalties",
                "noauth:20s",
                "PerSourcePenaltyExemptList",
                "10.0.0.0/8,192.0.2.0/29"),
            nanos::get);
    SocketAddress pipe = InetSocketAddress.createUnresolved("pipe", 1);
    for (SocketAddress each : List.of(HERE, THERE, pipe)) {
      penalties.punish(each, Penalties.Offence.NO_AUTH);
    }
    assertThat(penalties.admits(HERE)).isTrue();
    assertThat(penalties.admits(THERE)).isFalse();
    assertThat(penalties.admits(pipe)).isTrue();
  }

  @Test
  void aFullTableForgetsTheOneThatEndsFirst() throws Exception {
    Penalties penalties = penalties("authfail:20s grace-exceeded:30s max-sources4:2");
    penalties.punish(from("192.0.2.1"), Penalties.Offence.GRACE_EXCEEDED);
    penalties.punish(from("192.0.2.2"), Penalties.Offence.AUTH_FAILED);
    penalties.punish(from("192.0.2.3"), Penalties.Offence.AUTH_FAILED);
    assertThat(penalties.admits(from("192.0.2.1"))).isFalse();
    assertThat(penalties.admits(from("192.0.2.2"))).isTrue();
    assertThat(penalties.admits(from("192.0.2.3"))).isFalse();
  }

  @Test
  void aFullTableRefusesEverybodyIfItIsToldTo() throws Exception {
    Penalties penalties = penalties("authfail:20s max-sources4:2 overflow:deny-all");
    penalties.punish(from("192.0.2.1"), Penalties.Offence.AUTH_FAILED);
    assertThat(penalties.admits(from("192.0.2.9"))).isTrue();
    penalties.punish(from("192.0.2.2"), Penalties.Offence.AUTH_FAILED);
    assertThat(penalties.admits(from("192.0.2.9"))).isFalse();
    assertThat(penalties.admits(from("2001:db8::1"))).isTrue();
    pass(Duration.ofSeconds(20));
    assertThat(penalties.admits(from("192.0.2.9"))).isTrue();
  }

  @Test
  void withoutPenaltiesNobodyIsRefused() throws Exception {
    Penalties penalties = penalties("no");
    for (int i = 0; i < 100; i++) {
      penalties.punish(HERE, Penalties.Offence.AUTH_FAILED);
    }
    assertThat(penalties.admits(HERE)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "yes, authfail:5 noauth:1 grace-exceeded:10 max:600 min:15",
    "authfail:1m crash:90s refuseconnection:5, authfail:60 noauth:1",
    "overflow6:deny-all max-sources6:9, max-sources6:9 overflow:permissive overflow6:deny-all"
  })
  void theyAreWrittenAsSshdsAndReadAgain(String written, String part) throws Exception {
    PenaltyRules rules = PenaltyRules.parse(written);
    assertThat(rules.toString()).contains(part);
    assertThat(PenaltyRules.parse(rules.toString())).isEqualTo(rules);
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "authfail", "authfail:x", "overflow:no", "max-sources4:0", ""})
  void whatIsNoneIsAnError(String written) {
    assertThatThrownBy(() -> PenaltyRules.parse(written)).isInstanceOf(BadValueException.class);
  }

  /** Over TCP, as the source of a pipe is nobody's. */
  @Test
  void aServerRefusesWhoOftenLeftWithoutLoggingIn() throws Exception {
    try (ServerEngine server =
            ServerEngine.serve(
                settings("PerSourcePenalties", "noauth:8s"),
                new Account(directory).machine(),
                List.of(SshKeys.generateEd25519()),
                new ProgramSessions((login, request) -> null));
        Listener listener = new Listener(server::accept)) {
      assertThat(line(listener.port())).startsWith("SSH-2.0-");
      await().until(() -> server.connections() == 0);
      assertThat(line(listener.port())).startsWith("SSH-2.0-");
      await().until(() -> server.connections() == 0);
      await().until(() -> line(listener.port()).equals("Not allowed at this time"));
    }
  }

  private static String line(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))
          .readLine();
    }
  }

  private Penalties penalties(String written) throws Exception {
    return new Penalties(settings("PerSourcePenalties", written), nanos::get);
  }

  private static ServerSettings settings(String... namesAndValues) throws SettingsException {
    List<ServerSettings.Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(new ServerSettings.Entry(namesAndValues[i], namesAndValues[i + 1]));
    }
    return ServerSettings.of(entries);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static SocketAddress from(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 1000);
  }
}
