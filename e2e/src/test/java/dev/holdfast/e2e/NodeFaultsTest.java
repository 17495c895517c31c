package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a machine runs out of: a node says so in one sentence, and goes on. */
@Needs(Tool.SSH)
final class NodeFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

  /** Some user who is not root, but may read the test's files. */
  private static final List<String> AS_NOBODY_WHO_READS =
      Stream.concat(
              AS_NOBODY.stream(),
              Stream.of(
                  "--inh-caps=+dac_override,+dac_read_search",
                  "--ambient-caps=+dac_override,+dac_read_search"))
          .toList();

  @Test
  @NeedsRoot
  void aFullDiskFailsTheCopyAndNothingElse() throws IOException {
    Path disk = Scratch.directory("disk");
    Command.of("mount", "-t", "tmpfs", "-o", "size=256k", "none", disk.toString()).run().ok();
    try (Node node = Node.forClients()) {
      Path sample = Sample.write(Scratch.directory("sample").resolve("sample"), 4L << 20, 1);
      Ssh ssh = Ssh.to(node.address(), null);
      for (String protocol : List.of("-s", "-O")) {
        Outcome copy =
            ssh.scp(protocol, sample.toString(), Ssh.HOST + ":" + disk.resolve("copy")).run();
        assertThat(copy.status()).isNotZero();
        assertThat(copy.errors()).containsAnyOf("No space left on device", "Failure");
      }
      assertThat(ssh.exec("echo x >>" + disk.resolve("copy")).run().exited(1).errors())
          .contains("No space left on device");
      ssh.exec("exit 7").run().exited(7);
      assertThat(node.log()).doesNotContain("a defect");
    } finally {
      Command.of("umount", disk.toString()).run().ok();
    }
    Leftovers.end(SOON);
  }

  @Test
  @NeedsRoot
  void aNodeWhoseStateHasNoRoomSaysSo() throws IOException {
    Path disk = Scratch.directory("state");
    Command.of(
            "mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=2,mode=700", "none", disk.toString())
        .run()
        .ok();
    try {
      Files.writeString(disk.resolve("filler"), "x".repeat(4096));
      Outcome outcome =
          Holdfast.command("serve", "-l", "127.0.0.1:0", "--state-dir", disk.toString())
              .run(SOON)
              .exited(255);
      assertThat(outcome.errors()).hasLineCount(1).contains("No space left on device");
    } finally {
      Command.of("umount", disk.toString()).run().ok();
    }
    Leftovers.end(SOON);
  }

  @Test
  @NeedsRoot
  void aLimitOnProcessesIsToldToTheUserInOneSentence() throws IOException {
    Path directory = Scratch.directory("nobody");
    Path keys = Files.copy(Keys.AUTHORIZED_KEYS, directory.resolve("keys"));
    String control = "ControlPath=" + directory.resolve("master");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (Node node = Node.startedBy(AS_NOBODY_WHO_READS, keys, "")) {
      Ssh ssh = Ssh.to(node.address(), null);
      try (Program master = ssh.ssh("-l", "nobody", "-M", "-N", "-o", control, Ssh.HOST).start()) {
        Await.until(
            () -> "the master: " + master + node.log(),
            SOON,
            () -> ssh.ssh("-O", "check", "-o", control, Ssh.HOST).run().status() == 0);
        Command session = ssh.ssh("-l", "nobody", "-o", control, Ssh.HOST, "true");
        assertThat(session.run().output()).contains("not available"); // as nologin says
        Program process = node.generations().getFirst();
        String usual = limit(process);
        limit(process, "1");
        Outcome outcome = session.run().exited(254);
        assertThat(outcome.errors())
            .isEqualTo(
                "The server could not start a process for this session: this account or the machine"
                    + " has as many processes as it may; try again.\n");
        assertThat(node.log()).contains("A session of nobody could not be started: posix_spawn");
        limit(process, usual);
        assertThat(session.run().output()).contains("not available");
      }
    }
    Leftovers.end(SOON);
  }

  private static String limit(Program process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/limits")).stream()
        .filter(line -> line.startsWith("Max processes"))
        .map(line -> line.split("\\s+", -1)[2])
        .findFirst()
        .orElseThrow();
  }

  /** By the process's own user, who may move the soft limit. */
  private static void limit(Program process, String most) {
    Command.of("prlimit", "--pid", Long.toString(process.pid()), "--nproc=" + most + ":")
        .startedBy(AS_NOBODY)
        .run()
        .ok();
  }
}
