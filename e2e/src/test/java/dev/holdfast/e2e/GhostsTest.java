package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When one end has gone, however it went, nothing of it stays at the other. */
@Needs({Tool.SSH, Tool.SSHD})
final class GhostsTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension static final Site SITE = new Site();

  private final Path file = Scratch.directory("ghost").resolve("pid");

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT", "KILL"})
  void theRemoteProgramEndsWithSsh(String signal) {
    try (Program ssh = aProgramOnAPty()) {
      ssh.signal(signal);
      awaitEndOfAll(ssh);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT"})
  void theRemoteProgramEndsWithConnect(String signal) {
    try (Program ssh = aProgramOnAPty()) {
      proxyCommands(ssh)
          .forEach(pid -> Command.of("kill", "-" + signal, pid.toString()).run().ok());
      awaitEndOfAll(ssh);
      assertThat(ssh.await(SOON).status()).isEqualTo(255);
    }
  }

  @ParameterizedTest
  @CsvSource({"HELD, TERM", "HELD, HUP", "HELD_NODE, TERM", "HELD_NODE, HUP", "HELD_NODE, INT"})
  void theRemoteProgramEndsWithHoldfastSsh(Route route, String signal) {
    try (Program ssh = aProgramOnAPty(SITE.holdfastSsh(route))) {
      ssh.signal(signal);
      awaitEndOfAll(ssh);
    }
  }

  @Test
  void connectSaysGoodbyeAfterASilenceAndEnds() {
    try (Program ssh = aProgramOnAPty()) {
      List<Long> proxyCommands = proxyCommands(ssh);
      SITE.relay().fallSilent(Silence.FORGOTTEN);
      ssh.signal("KILL");
      SITE.relay().heal();
      Await.until(
          () ->
              "the end of the proxy command: "
                  + LastWill.heirs().stream().map(LastWill::describe).toList(),
          Duration.ofSeconds(15),
          () -> proxyCommands.stream().noneMatch(GhostsTest::isAlive));
    }
  }

  @Test
  void sshEndsWithTheRemoteServer() {
    try (Sshd sshd = Sshd.start();
        Gate gate = Gate.before(sshd.address());
        Program ssh =
            Ssh.to(gate.address(), Holdfast.proxyCommand("%h", "%p"))
                .ssh("-tt", Ssh.HOST, "echo here; exec kill -9 $PPID")
                .start()) {
      assertThat(ssh.await(SOON).status()).isEqualTo(255);
      String place = " " + gate.address().getPort();
      Await.until( // before the gate goes: without it the goodbye would take its time
          () -> "the end of the proxy command",
          SOON,
          () ->
              LastWill.heirs().stream()
                  .map(LastWill::describe)
                  .noneMatch(it -> it.endsWith(place)));
    }
  }

  private Program aProgramOnAPty() {
    return aProgramOnAPty(SITE.ssh(Route.HELD));
  }

  private Program aProgramOnAPty(Ssh client) {
    Program ssh =
        client.ssh("-tt", Ssh.HOST, "echo $$ >" + file + "; echo here; exec sleep 1000").start();
    ssh.awaitOutput("here", Command.USUAL_DEADLINE);
    return ssh;
  }

  /** The program at the far end, and at the near end ssh with its proxy command. */
  private void awaitEndOfAll(Program ssh) {
    List<Long> proxyCommands = proxyCommands(ssh);
    Await.until(
        () -> "the end of the remote program; sshd: " + SITE.sshd().log(),
        SOON,
        () -> !isAlive(Long.parseLong(Files.readString(file).strip())));
    Await.until(
        () -> "the end of the proxy command of " + ssh,
        SOON,
        () -> proxyCommands.stream().noneMatch(GhostsTest::isAlive) && !ssh.alive());
  }

  private static List<Long> proxyCommands(Program ssh) {
    return ProcessHandle.of(ssh.pid()).stream()
        .flatMap(ProcessHandle::children)
        .map(ProcessHandle::pid)
        .toList();
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }
}
