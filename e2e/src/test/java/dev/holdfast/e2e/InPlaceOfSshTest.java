package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code holdfast ssh} as the ssh of other programs, and with servers other than OpenSSH's. */
@Needs({Tool.SSHD, Tool.SSH})
@Timeout(180)
final class InPlaceOfSshTest {
  @RegisterExtension static final Site SITE = new Site();

  private static final Duration DEADLINE = Duration.ofSeconds(45);

  private final Path directory = Scratch.directory("in-place");

  private Ssh ssh() {
    return SITE.holdfastSsh(Route.DIRECT);
  }

  /** One word, for those who take no more. */
  private Path asProgram(Ssh ssh) throws IOException {
    Path program = directory.resolve("ssh");
    Files.writeString(program, "#!/bin/sh\nexec " + ssh.asWord() + " \"$@\"\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void scpCopiesThereAndBack() throws IOException {
    Path sent = Sample.write(directory.resolve("sent"), 4L << 20, 1);
    Path there = directory.resolve("there");
    Path back = directory.resolve("back");
    String program = asProgram(ssh()).toString();
    Command.of("scp", "-q", "-S", program, sent.toString(), Ssh.HOST + ":" + there).run().ok();
    Command.of("scp", "-q", "-S", program, Ssh.HOST + ":" + there, back.toString()).run().ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  @Test
  @Needs(Tool.ANSIBLE)
  void ansiblePings() throws IOException {
    Path inventory = directory.resolve("inventory");
    Files.writeString(
        inventory,
        "%s ansible_python_interpreter=/usr/bin/python3 ansible_ssh_pipelining=yes"
                .formatted(Ssh.HOST)
            + " ansible_ssh_executable="
            + asProgram(ssh())
            + "\n");
    Outcome outcome =
        Command.of("ansible", "-i", inventory.toString(), "-m", "ping", "all")
            .with("ANSIBLE_HOME", directory.toString())
            .with("ANSIBLE_LOCAL_TEMP", directory.resolve("local").toString())
            .with("ANSIBLE_REMOTE_TEMP", directory.resolve("remote").toString())
            .with("ANSIBLE_SSH_CONTROL_PATH_DIR", directory.resolve("cp").toString())
            .with("ANSIBLE_SSH_ARGS", "-C -o ControlMaster=auto -o ControlPersist=3s")
            .run();
    assertThat(outcome.ok().output()).contains("\"ping\": \"pong\"");
  }

  @Test
  void xargsRunsManyAtOnce() throws IOException {
    Path numbers = Files.writeString(directory.resolve("numbers"), "1\n2\n3\n4\n5\n6\n");
    Outcome outcome =
        Command.of("xargs", "-P", "3", "-I", "{}", asProgram(ssh()).toString())
            .plus(Ssh.HOST, "echo number-{}")
            .reading(numbers)
            .run()
            .ok();
    assertThat(outcome.output().lines())
        .containsExactlyInAnyOrder(
            "number-1", "number-2", "number-3", "number-4", "number-5", "number-6");
  }

  @Test
  @Needs(Tool.CURL)
  void anEditorHasItsShellAndItsSocksOverOneConnection() throws IOException {
    InetSocketAddress socks = Ports.free();
    Command command = ssh().ssh("-T", "-D", Integer.toString(socks.getPort()), Ssh.HOST, "bash");
    try (Program editor = command.start()) {
      editor.type("echo ready-$((40+2))\n");
      editor.awaitOutput("ready-42", DEADLINE);
      Outcome outcome =
          Command.of("curl", "-s", "--max-time", "20", "--http0.9")
              .plus("--socks5-hostname", Ports.text(socks))
              .plus("http://" + Ports.text(SITE.sshd().address()))
              .run();
      assertThat(outcome.output()).startsWith("SSH-2.0-OpenSSH");
      editor.type("exit 4\n");
      editor.await(DEADLINE).exited(4);
    }
  }

  @Test
  void jumpsOverTwoServers() {
    InetSocketAddress server = SITE.sshd().address();
    Ssh chain =
        ssh()
            .andHost("middle", server, "ProxyJump " + Ssh.HOST)
            .andHost("far", server, "ProxyJump middle");
    assertThat(chain.ssh("far", "echo there").run().ok().output()).isEqualTo("there\n");
  }

  @Test
  void whatWasAskedForIsTheOnlyThingOffered() {
    Outcome outcome =
        ssh()
            .ssh(
                "-c", "aes256-ctr", "-m", "hmac-sha2-512", "-o", "KexAlgorithms=ecdh-sha2-nistp384")
            .plus(Ssh.HOST, "echo agreed")
            .run()
            .ok();
    assertThat(outcome.output()).isEqualTo("agreed\n");
    assertThat(ssh().ssh("-c", "foo", Ssh.HOST, "true").run().exited(255).errors())
        .contains("Bad SSH2 cipher spec 'foo'.");
    assertThat(ssh().ssh("-c", "aes128-cbc", Ssh.HOST, "true").run().exited(255).errors())
        .contains("None of the algorithms of ciphers is there");
  }

  @Test
  void goesToTheBackgroundOnceLoggedIn() {
    Path done = directory.resolve("done");
    Path go = directory.resolve("go");
    String waiting = "while ! [ -e " + go + " ]; do sleep 0.1; done; echo yes >" + done;
    ssh().ssh("-f", Ssh.HOST, waiting).writing(directory.resolve("out")).run().ok();
    assertThat(done).doesNotExist();
    Sample.write(go, 1, 1);
    Await.until("the command in the background to end", DEADLINE, () -> Files.exists(done));
  }

  @Test
  void whoMayNotIsToldBeforeItGoesToTheBackground() {
    ssh().ssh("-f", "-o", "User=nobody", Ssh.HOST, "true").run().exited(255);
  }

  @Test
  @NeedsRoot
  @Needs(Tool.DROPBEAR)
  void dropbearLetsItIn() {
    try (DropbearServer server = DropbearServer.start()) {
      Outcome outcome =
          Ssh.to(server.address(), null)
              .byHoldfast()
              .ssh("-o", "StrictHostKeyChecking=no")
              .plus("-o", "UserKnownHostsFile=" + directory.resolve("known"))
              .plus(Ssh.HOST, "echo there; exit 42")
              .run()
              .exited(42);
      assertThat(outcome.output()).isEqualTo("there\n");
    }
  }

  @Test
  @Needs(Tool.ASYNCSSH)
  void aServerWithTwoFactorsAsksForBothAndThenRunsTheCommand() throws IOException {
    InetSocketAddress address = Ports.free();
    Path answers = directory.resolve("answers");
    Files.writeString(
        answers,
        "#!/bin/sh\ncase $1 in *Password:*) echo secret ;; *Code:*) echo 123456 ;; esac\n");
    Files.setPosixFilePermissions(answers, PosixFilePermissions.fromString("rwx------"));
    Command server =
        Command.of("/usr/bin/python3", Sources.file("python", "serve_asyncssh.py").toString())
            .plus(Integer.toString(address.getPort()), Keys.HOST_ED25519.toString());
    try (Program running = server.start()) {
      running.awaitOutput("listening", DEADLINE);
      Outcome outcome =
          Ssh.to(address, null)
              .byHoldfast()
              .ssh("-o", "BatchMode=no", Ssh.HOST, "this")
              .with("SSH_ASKPASS", answers.toString())
              .with("SSH_ASKPASS_REQUIRE", "force")
              .run()
              .exited(7);
      assertThat(outcome.output()).startsWith("ran this for " + Sshd.USER);
    }
  }
}
