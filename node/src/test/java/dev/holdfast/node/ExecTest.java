package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.ssh.Passwords;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands without a pty, asked for by OpenSSH's ssh. */
@Timeout(180)
final class ExecTest {
  private static final int MEGABYTES_100 = 100 << 20;

  @TempDir Path directory;
  private NodeServer node;

  @BeforeEach
  void start() throws Exception {
    node = new NodeServer(directory, SessionSettings.defaults());
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void theStatusOfTheCommandIsThatOfSsh() throws Exception {
    assertThat(node.ssh("", "exit 0").status()).isZero();
    assertThat(node.ssh("", "exit 42").status()).isEqualTo(42);
    assertThat(node.ssh("", "/no/such/program").status()).isEqualTo(127);
  }

  /** OpenSSH's ssh gives 255 for a command that was killed, and says by what with -v. */
  @Test
  void aCommandThatWasKilledIsToldOfWithItsSignal() throws Exception {
    NodeServer.Ended ended =
        node.ssh(NodeServer.USER, NodeServer.nothing(), List.of("-v"), "kill -TERM $$");
    assertThat(ended.status()).isEqualTo(255);
    assertThat(ended.err()).contains("rtype exit-signal");
  }

  @Test
  void standardOutputAndErrorAreApart() throws Exception {
    NodeServer.Ended ended = node.ssh("", "echo to out; echo to err >&2");
    assertThat(ended.text()).isEqualTo("to out\n");
    assertThat(ended.err()).isEqualTo("to err\n");
  }

  @Test
  void aHundredMegabytesGoThroughCatUnchanged() throws Exception {
    byte[] sent = new byte[MEGABYTES_100];
    new SplittableRandom(1).nextBytes(sent);
    NodeServer.Ended ended =
        node.ssh(NodeServer.USER, new ByteArrayInputStream(sent), List.of(), "cat");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo(sent);
  }

  @Test
  void whatTheCommandWroteLastComesBeforeItsStatus() throws Exception {
    for (int i = 0; i < 20; i++) {
      NodeServer.Ended ended = node.ssh("", "head -c 300000 /dev/zero; echo err >&2; exit 3");
      assertThat(ended.out()).hasSize(300_000);
      assertThat(ended.err()).isEqualTo("err\n");
      assertThat(ended.status()).isEqualTo(3);
    }
  }

  /** As with sshd: git and rsync say that they have sent everything, and go on reading. */
  @Test
  void inputMayEndLongBeforeOutputDoes() throws Exception {
    assertThat(node.ssh("abc", "cat >/dev/null; sleep 0.2; echo after").text())
        .isEqualTo("after\n");
  }

  @Test
  void aCommandThatDoesNotReadItsInputIsNoReasonToHang() throws Exception {
    byte[] much = new byte[8 << 20];
    NodeServer.Ended ended =
        node.ssh(NodeServer.USER, new ByteArrayInputStream(much), List.of(), "exec 0<&-; echo x");
    assertThat(ended.text()).isEqualTo("x\n");
  }

  /** What a child of the command still writes is waited for, but not that it lets go of stderr. */
  @Test
  void aChildThatHoldsStandardErrorDoesNotHoldTheSession() throws Exception {
    NodeServer.Ended ended = node.ssh("", "sleep 50 </dev/null >/dev/null & echo $!; exit 5");
    assertThat(ended.status()).isEqualTo(5);
    ProcessHandle.of(Long.parseLong(ended.text().strip())).ifPresent(ProcessHandle::destroy);
    assertThat(node.ssh("", "(sleep 0.3; echo late) & echo early").text())
        .isEqualTo("early\nlate\n");
  }

  /** A client whose own input has ended closes the channel when it hears of the output's end. */
  @Test
  void theStatusComesBeforeTheEndOfTheOutput() throws Exception {
    NodeServer.Ended ended =
        node.ssh(NodeServer.USER, NodeServer.nothing(), List.of("-vvv"), "echo x; exit 3");
    assertThat(ended.status()).isEqualTo(3);
    assertThat(ended.err()).containsSubsequence("rtype exit-status", "rcvd eof", "rcvd close");
  }

  @Test
  void theEnvironmentIsTheUsersAndNothingOfTheNodes() throws Exception {
    List<String> lines =
        node.ssh("", "tr '\\0' '\\n' </proc/$$/environ; ls -m /proc/$$/fd; :")
            .text()
            .lines()
            .toList();
    assertThat(lines.getLast()).isEqualTo("0, 1, 2");
    assertThat(lines.subList(0, lines.size() - 1))
        .allMatch(line ->
            line.matches("(USER|LOGNAME|HOME|PATH|SHELL|MAIL|TZ|SSH_CLIENT|SSH_CONNECTION)=.*"))
        .contains("USER=" + NodeServer.USER, "LOGNAME=" + NodeServer.USER)
        .anyMatch(line -> line.matches("SSH_CLIENT=127\\.0\\.0\\.1 \\d+ " + node.port()))
        .anyMatch(line -> line.matches("SSH_CONNECTION=127\\.0\\.0\\.1 \\d+ 127\\.0\\.0\\.1 \\d+"));
  }

  @Test
  void aClientSetsTheVariablesThatAreAcceptedAndNoOther() throws Exception {
    node.close();
    node =
        NodeServer.asSshd(
            Files.createDirectory(directory.resolve("b")),
            SessionSettings.defaults(),
            Passwords.NONE,
            "",
            "AcceptEnv",
            "LC_* ONE?");
    List<String> options = List.of("-o", "SetEnv=LC_X=a\u00e4 ONE1=1 ONE=2 LD_PRELOAD=/x HOME=/x");
    assertThat(node.ssh(NodeServer.USER, NodeServer.nothing(), options, "env").text().lines())
        .contains("LC_X=a\u00e4", "ONE1=1", "HOME=" + System.getProperty("user.home"))
        .noneMatch(line -> line.startsWith("ONE=") || line.startsWith("LD_PRELOAD"));
  }

  @Test
  void bytesThatAreNoTextArriveAsTheyAre() throws Exception {
    Path script = directory.resolve("bytes.sh");
    String line = String.join("' '", node.line(NodeServer.USER, List.of()));
    Files.writeString(
        script, "'" + line + "' \"printf %s '$(printf 'a\\377\\303b')'\" | od -An -tx1\n");
    assertThat(
            NodeServer.run(NodeServer.nothing(), List.of("sh", script.toString())).text().strip())
        .isEqualTo("61 ff c3 62");
  }

  @Test
  void aForcedCommandIsRunWhateverIsAskedFor() throws Exception {
    node.close();
    node =
        NodeServer.asSshd(
            Files.createDirectory(directory.resolve("b")),
            SessionSettings.defaults(),
            Passwords.NONE,
            "no-pty,environment=\"K=v\",command=\"echo \\\"forced: $SSH_ORIGINAL_COMMAND $K\\\"\"",
            "PermitUserEnvironment",
            "K");
    assertThat(node.ssh("", "rm -rf x").text()).isEqualTo("forced: rm -rf x v\n");
    assertThat(node.ssh(NodeServer.USER, NodeServer.nothing(), List.of("-s"), "sftp").text())
        .startsWith("forced: /")
        .endsWith("sftp-server v\n");
    NodeServer.Ended pty = node.ssh(NodeServer.USER, NodeServer.nothing(), List.of("-tt"), "x");
    assertThat(pty.err()).contains("PTY allocation request failed");
  }

  @Test
  void aClientThatDoesNotReadHoldsTheCommandUp() throws Exception {
    Path count = directory.resolve("count");
    Process ssh =
        node.start(List.of(), "head -c 200000000 /dev/zero | tee >(wc -c >" + count + ")");
    try {
      await().pollDelay(Duration.ofMillis(500)).until(() -> ssh.isAlive());
      long heap = usedHeap();
      assertThat(heap).isLessThan(100L << 20);
      assertThat(Files.exists(count) && Files.size(count) > 0).isFalse();
      CompletableFuture<byte[]> all = NodeServer.readAll(ssh.getInputStream());
      assertThat(all.get()).hasSize(200_000_000);
    } finally {
      ssh.destroy();
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void twoHundredSessionsLeaveNothingBehind() throws Exception {
    // A session that ended just as an earlier test closed its node is a zombie until this JVM ends.
    Set<Long> others = children();
    sessions(10);
    await().until(() -> node.sessions().running() == 0);
    Map<String, Long> before = descriptors();
    sessions(200);
    await().until(() -> node.sessions().running() == 0);
    await().untilAsserted(() -> assertThat(descriptors()).isEqualTo(before));
    await().until(() -> others.containsAll(children()));
  }

  /** Also those that have ended, and that nobody has taken note of. */
  private static Set<Long> children() {
    return ProcessHandle.current()
        .children()
        .map(ProcessHandle::pid)
        .collect(java.util.stream.Collectors.toSet());
  }

  private void sessions(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      List<String> options = List.of(i % 2 == 0 ? "-tt" : "-T");
      assertThat(
              node.ssh(NodeServer.USER, NodeServer.nothing(), options, "exit " + i % 100).status())
          .isEqualTo(i % 100);
    }
  }

  /** Those that sessions have, of each kind; what the JVM opens when it likes is not counted. */
  private static Map<String, Long> descriptors() throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      files
          .map(ExecTest::target)
          .filter(kind -> Set.of("/dev/ptmx", "anon_inode:[pidfd]", "pipe:[]").contains(kind))
          .forEach(kind -> counts.merge(kind, 1L, Long::sum));
    }
    return counts;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().replaceAll("[0-9]+", "");
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }

  @Test
  void sftpIsTheSystemsServerOfTheUser() throws Exception {
    assumeTrue(
        SessionSettings.systemSftpServer().isPresent(), "SKIPPED: needs openssh-sftp-server");
    Path batch =
        Files.writeString(directory.resolve("batch"), "get /etc/hostname " + directory + "/got\n");
    List<String> line = new ArrayList<>(List.of("sftp", "-F", "none", "-b", batch + ""));
    line.addAll(List.of("-P", node.port() + "", "-i", directory.resolve("key") + ""));
    line.addAll(List.of("-o", "UserKnownHostsFile=" + directory.resolve("known")));
    line.add(NodeServer.USER + "@127.0.0.1");
    NodeServer.Ended ended = NodeServer.run(NodeServer.nothing(), line);
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(directory.resolve("got")).hasSameTextualContentAs(Path.of("/etc/hostname"), UTF_8);
  }
}
