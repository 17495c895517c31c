package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key that is bound to a command: whatever is asked for, that is what runs. */
@Needs(Tool.SSH)
final class NodeForcedCommandTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** Writes what was asked for to a file, and says that it ran. */
  private final Path directory = Scratch.directory("forced");

  private final Path asked = directory.resolve("asked");
  private final Path victim = directory.resolve("victim");
  private final Node node;

  NodeForcedCommandTest() throws IOException {
    Path keys = directory.resolve("keys");
    String command =
        "printf '%s\\n' \\\"$SSH_ORIGINAL_COMMAND\\\" >>"
            + asked
            + "; echo only this$DISPLAY$SSH_AUTH_SOCK";
    Files.writeString(
        keys, "restrict,pty,command=\"" + command + "\" " + Keys.publicKey(Keys.CLIENT));
    node = Node.with(keys, "  AcceptEnv: \"*\"\n  X11Forwarding: yes\n");
  }

  @AfterEach
  void close() {
    node.close();
    Leftovers.end(SOON);
  }

  @Test
  void neitherCommandNorShellNorSubsystemNorNamedSessionGetsPastIt() throws IOException {
    Ssh ssh = Ssh.to(node.address(), null);
    String touch = "touch " + victim;
    List<Command> attempts =
        List.of(
            ssh.exec(touch),
            ssh.exec("x; " + touch),
            ssh.exec("\"; " + touch + "; \""),
            ssh.exec("$(" + touch + ")`" + touch + "`"),
            ssh.ssh("-tt", Ssh.HOST, touch),
            ssh.ssh("-tt", "-o", "SetEnv=HOLDFAST_SESSION=work", Ssh.HOST, touch),
            ssh.ssh("-tt", "-o", "SetEnv=HOLDFAST_SESSION=work HOLDFAST_ATTACH=share", Ssh.HOST),
            ssh.ssh("-Y", Ssh.HOST, "x").with("DISPLAY", "localhost:99"),
            ssh.ssh("-A", Ssh.HOST, "x").with("SSH_AUTH_SOCK", directory.resolve("a").toString()),
            ssh.ssh("-o", "SetEnv=SSH_ORIGINAL_COMMAND=forged BASH_ENV=" + victim, Ssh.HOST, "x"));
    for (Command attempt : attempts) {
      assertThat(attempt.run().output().strip()).as(attempt.toString()).isEqualTo("only this");
    }
    ssh.ssh("-s", Ssh.HOST, "sftp").run();
    ssh.ssh("-s", Ssh.HOST, "netconf").run();
    assertThat(victim).doesNotExist();
    assertThat(Files.readString(asked))
        .contains(touch, "sftp-server")
        .doesNotContain("forged", "netconf");
    Outcome sessions = Holdfast.command("sessions", "ls", "--format", "names").run();
    assertThat(sessions.output().lines()).doesNotContain("work");
  }

  @Test
  void copiesUnderAnyNameGetTheCommandAndNothingElse() {
    Ssh ssh = Ssh.to(node.address(), null);
    for (String name : List.of(victim.toString(), "../" + victim, "x; touch " + victim)) {
      for (String protocol : List.of("-s", "-O")) {
        String there = Ssh.HOST + ":" + name;
        assertThat(ssh.scp(protocol, Keys.CLIENT + ".pub", there).run().status()).isNotZero();
        assertThat(ssh.scp(protocol, there, directory.resolve("got").toString()).run().status())
            .isNotZero();
      }
    }
    assertThat(victim).doesNotExist();
    assertThat(directory.resolve("got")).doesNotExist();
  }

  @Test
  void nothingIsForwardedPastIt() {
    Ssh ssh = Ssh.to(node.address(), null);
    String here = Ports.text(node.address());
    assertThat(ssh.ssh("-W", here, Ssh.HOST).run().errors())
        .contains("administratively prohibited");
    for (String option : List.of("-R", "-L")) {
      String spec = Ports.text(Ports.free()) + ":" + here;
      Command forward = ssh.ssh("-o", "ExitOnForwardFailure=yes", option, spec, Ssh.HOST, "x");
      if (option.equals("-R")) {
        assertThat(forward.run().exited(255).errors()).contains("remote port forwarding failed");
      } else {
        assertThat(forward.run().ok().output()).isEqualTo("only this\n");
      }
    }
    String socket = directory.resolve("socket").toString();
    ssh.ssh("-o", "ExitOnForwardFailure=yes", "-R", socket + ":" + here, Ssh.HOST, "x")
        .run()
        .exited(255);
    assertThat(Path.of(socket)).doesNotExist();
  }

  /** The subsystem's server knows no shell: names are names, and end at the rights of the user. */
  @Test
  void namesAreNoCommandsForTheSubsystem() throws IOException {
    Path home = Files.createDirectory(directory.resolve("home"));
    Path keys = directory.resolve("keys");
    Files.writeString(keys, "command=\"internal-sftp\",restrict " + Keys.publicKey(Keys.CLIENT));
    Ssh ssh = Ssh.to(node.address(), null);
    List<String> names = List.of("x; touch victim", "$(touch victim)", "`touch victim`", "a\\b");
    StringBuilder batch = new StringBuilder("lcd \"" + home + "\"\ncd \"" + home + "\"\n");
    for (String name : names) {
      batch
          .append("put \"")
          .append(Keys.CLIENT)
          .append(".pub\" \"")
          .append(name.replace("\\", "\\\\"));
      batch.append("\"\n");
    }
    Path file = Files.writeString(directory.resolve("batch"), batch);
    ssh.sftp("-b", file.toString(), Ssh.HOST).run().ok();
    try (var found = Files.list(home)) {
      assertThat(found.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(names);
    }
    assertThat(ssh.exec("touch " + victim).run(SOON).output()).isEmpty();
    assertThat(victim).doesNotExist();
  }
}
