package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code holdfast ssh} in place of ssh: as it is typed, in pipes, and as the ssh of other programs,
 * to a gate by itself and through a relay that cuts its links.
 */
@ParameterizedClass
@EnumSource(Route.class)
@Needs({Tool.SSH, Tool.SSHD, Tool.GIT, Tool.RSYNC, Tool.TMUX})
final class HoldfastSshTest {
  private static final Duration TOLD = Duration.ofSeconds(20);
  private static final long LARGE = 8L << 20;
  private static final String SHELL = "PS1='ready> ' exec bash --norc --noprofile -i";

  @RegisterExtension static final Site SITE = new Site();

  private final Route route;
  private final Path directory = Scratch.directory("own");

  HoldfastSshTest(Route route) {
    this.route = route;
  }

  private Ssh ssh() {
    return SITE.holdfastSsh(route);
  }

  @Test
  void outputErrorsAndStatusAreTheCommands() {
    Outcome outcome = ssh().exec("echo out; echo err >&2; exit 7").run().exited(7);
    assertThat(outcome.output()).isEqualTo("out\n");
    assertThat(outcome.errors()).isEqualTo("err\n");
  }

  @Test
  void bytesGoThroughPipesAsTheyAre() {
    Path sent = Sample.write(directory.resolve("sent"), LARGE, 1);
    Path back = directory.resolve("back");
    ssh().exec("cat").reading(sent).writing(back).run().ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  @Test
  void aTerminalHasItsSizeAndIsAsBeforeAfterwards() {
    try (Terminal terminal = Terminal.running(ssh().ssh("-t", Ssh.HOST, SHELL))) {
      terminal.awaitShown("ready>");
      terminal.enter("stty size");
      terminal.awaitShown("24 80");
      terminal.resize(100, 30);
      // The signal that tells of it may come later than keys.
      Await.until(
          () -> "the new size on the screen:\n" + terminal.screen(),
          TOLD,
          () -> {
            terminal.enter("stty size");
            return terminal.screen().contains("30 100");
          });
      terminal.enter("exit 5");
      assertThat(terminal.awaitStatus()).isEqualTo(5);
    }
  }

  @Test
  void anEscapeEndsTheConnectionAndTheTerminalIsAsBefore() {
    Command inShell =
        Command.of("sh", "-c", "\"$@\"; echo ended $?; stty -a | grep -o ' icanon'", "sh")
            .plus(ssh().ssh("-t", Ssh.HOST, SHELL).words().toArray(String[]::new));
    try (Terminal terminal = Terminal.running(inShell)) {
      terminal.awaitShown("ready>");
      terminal.enter("");
      terminal.enter("~.");
      terminal.awaitShown("ended 255");
      terminal.awaitShown("icanon");
    }
  }

  @Test
  void aHostWhoseKeyHasChangedIsRefusedWithTheWarningOfSsh() throws IOException {
    String other = Keys.publicKey(Keys.CLIENT);
    Path known = Files.writeString(directory.resolve("known"), Keys.HOST_ALIAS + " " + other);
    Outcome outcome =
        ssh().ssh("-o", "UserKnownHostsFile=" + known, Ssh.HOST, "true").run().exited(255);
    assertThat(outcome.errors())
        .contains("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!")
        .contains("Host key verification failed.");
  }

  @Test
  void aUserWhoseKeyIsNotTakenIsToldWhatTheServerTakes() {
    Outcome outcome =
        ssh().ssh("-i", Keys.HOST_ECDSA.toString(), "-o", "User=nobody", Ssh.HOST, "true").run();
    assertThat(outcome.exited(255).errors()).contains("Permission denied (publickey).");
  }

  @Test
  void jumpsOverAServer() {
    Ssh both = ssh().andHost("behind", SITE.sshd().address(), "ProxyJump " + Ssh.HOST);
    assertThat(both.ssh("behind", "echo there").run().ok().output()).isEqualTo("there\n");
  }

  @Test
  void forwardsBothWays() {
    InetSocketAddress local = Ports.free();
    InetSocketAddress remote = Ports.free();
    String server = Ports.text(SITE.sshd().address());
    Command forwarding =
        ssh()
            .ssh(
                "-N",
                "-L",
                Ports.text(local) + ":" + server,
                "-R",
                Ports.text(remote) + ":" + server,
                Ssh.HOST);
    try (Program running = forwarding.start()) {
      Ports.awaitListening(running, local.getPort());
      Ports.awaitListening(running, remote.getPort());
      for (InetSocketAddress address : new InetSocketAddress[] {local, remote}) {
        Outcome outcome = Ssh.to(address, null).exec("echo there").run().ok();
        assertThat(outcome.output()).isEqualTo("there\n");
      }
    }
  }

  @Test
  void gitClonesAndPushes() {
    Path bare = directory.resolve("bare");
    Path clone = directory.resolve("clone");
    git("init", "-q", "--bare", bare.toString());
    git("clone", "-q", Ssh.HOST + ":" + bare, clone.toString());
    Sample.write(clone.resolve("sample"), LARGE, 1);
    git("-C", clone.toString(), "add", "sample");
    git("-C", clone.toString(), "commit", "-q", "-m", "sample");
    git("-C", clone.toString(), "push", "-q", "origin", "HEAD:main");
    git("-C", bare.toString(), "fsck", "--full");
  }

  private void git(String... arguments) {
    Command.of("git", "-c", "user.name=e2e", "-c", "user.email=e2e@localhost")
        .plus(arguments)
        .with("GIT_SSH_COMMAND", ssh().asWord())
        .with("GIT_CONFIG_NOSYSTEM", "1")
        .run()
        .ok();
  }

  @Test
  void rsyncCopiesThereAndBack() {
    Path sent = Sample.write(directory.resolve("sent"), LARGE, 2);
    Path there = directory.resolve("there");
    Path back = directory.resolve("back");
    String shell = ssh().asWord();
    Command.of("rsync", "-e", shell, sent.toString(), Ssh.HOST + ":" + there).run().ok();
    Command.of("rsync", "-e", shell, Ssh.HOST + ":" + there, back.toString()).run().ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }
}
