package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.OpenSsh;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenSSH's client against a server for an account: what it gets, and what it does not. */
@Timeout(120)
final class OpenSshLoginTest {
  @TempDir Path directory;

  @Test
  void aKeyOfTheAccountGetsInAndAnotherDoesNot() throws Exception {
    try (NodeRig rig = new NodeRig(directory)) {
      assertThat(rig.ssh("hello").err()).contains("Permission denied (publickey)");
      assertThat(rig.authorize("").ssh("hello").text()).startsWith("Exec[command=hello]");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hello, '', Exec[command=only], hello",
    "'', '', Exec[command=only], -",
    "sftp, -s, Exec[command=only], sftp"
  })
  void aForcedCommandIsWhatRunsWhateverIsAskedFor(
      String asked, String option, String runs, String original) throws Exception {
    try (NodeRig rig = new NodeRig(directory).authorize("command=\"only\"")) {
      String[] options = option.isEmpty() ? new String[0] : new String[] {option};
      String text = rig.ssh(asked, options).text();
      assertThat(text).startsWith(runs);
      if (original.equals("-")) {
        assertThat(text).doesNotContain("SSH_ORIGINAL_COMMAND");
      } else {
        assertThat(text).contains("SSH_ORIGINAL_COMMAND=" + original);
      }
    }
  }

  @Test
  void aClientCanNotNameTheOriginalCommandItself() throws Exception {
    try (NodeRig rig = new NodeRig(directory, "AcceptEnv", "*").authorize("command=\"only\"")) {
      assertThat(rig.ssh("", "-o", "SetEnv=SSH_ORIGINAL_COMMAND=forged").text())
          .doesNotContain("forged");
    }
  }

  @Test
  void internalSftpAsAForcedCommandIsTheServersOwn() throws Exception {
    try (NodeRig rig = new NodeRig(directory, "ForceCommand", "internal-sftp").authorize("")) {
      assertThat(rig.ssh("id").text()).startsWith("Subsystem[name=sftp]");
    }
  }

  @Test
  void variablesOfClientAndKeyAreLetInByPattern() throws Exception {
    try (NodeRig rig =
        new NodeRig(directory, "AcceptEnv", "LC_*", "PermitUserEnvironment", "K*")
            .authorize("environment=\"KEY=1\",environment=\"LD_PRELOAD=x\"")) {
      assertThat(rig.ssh("x", "-o", "SetEnv=LC_A=2 OTHER=3").text())
          .contains("KEY=1", "LC_A=2")
          .doesNotContain("OTHER", "LD_PRELOAD");
    }
  }

  @Test
  void oneSessionTooManyIsRefusedWithASentence() throws Exception {
    try (NodeRig rig = new NodeRig(directory, "MaxSessions", "2").authorize("");
        ClientEngine client = ClientEngine.start()) {
      KeyPair pair = SshKeys.generateEd25519();
      rig.account.authorize(SshKeys.line(pair.getPublic()));
      Target target = new Target("me", List.of(pair), key -> true, false, Duration.ofSeconds(30));
      try (SocketDuplex stream =
              new SocketDuplex(
                  SocketChannel.open(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), rig.port())));
          ClientConnection connection = client.connect(stream, target)) {
        connection.start("cat");
        connection.start("cat");
        assertThatThrownBy(() -> connection.start("cat")).hasStackTraceContaining("MaxSessions");
      }
    }
  }

  @Test
  void aChannelLeadsToAPortUnlessTheKeyForbids() throws Exception {
    try (ServerSocket echo = echo();
        NodeRig rig = new NodeRig(directory).authorize("")) {
      String there = "127.0.0.1:" + echo.getLocalPort();
      assertThat(through(rig, there).text()).isEqualTo("ping");
      for (String options :
          List.of(
              "no-port-forwarding",
              "restrict",
              "permitopen=\"127.0.0.1:1\"",
              "permitopen=\"localhost:" + echo.getLocalPort() + "\"")) {
        rig.authorize(options);
        assertThat(through(rig, there).err()).as(options).contains("administratively prohibited");
      }
      rig.authorize("restrict,port-forwarding,permitopen=\"" + there + "\",command=\"only\"");
      assertThat(through(rig, there).text()).isEqualTo("ping");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AllowTcpForwarding, no",
    "AllowTcpForwarding, remote",
    "DisableForwarding, yes",
    "PermitOpen, none",
    "PermitOpen, 127.0.0.1:1"
  })
  void aChannelDoesNotLeadToAPortIfTheSettingsForbid(String option, String value) throws Exception {
    try (ServerSocket echo = echo();
        NodeRig rig = new NodeRig(directory, option, value).authorize("")) {
      assertThat(through(rig, "127.0.0.1:" + echo.getLocalPort()).err())
          .contains("administratively prohibited");
    }
  }

  @Test
  void aPortWhereNobodyListensIsTold() throws Exception {
    try (NodeRig rig = new NodeRig(directory).authorize("")) {
      assertThat(through(rig, "127.0.0.1:1").err()).contains("connect failed");
    }
  }

  @Test
  void aChannelLeadsToASocketUnlessTheKeyForbids() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel echo = unixEcho(path);
        NodeRig rig = new NodeRig(directory).authorize("")) {
      assertThat(overSocket(rig, path)).isEqualTo("ping");
      rig.authorize("permitopen=\"127.0.0.1:1\"");
      assertThat(overSocket(rig, path)).isEmpty();
      rig.authorize("restrict");
      assertThat(overSocket(rig, path)).isEmpty();
      assertThat(echo.isOpen()).isTrue();
    }
  }

  private String overSocket(NodeRig rig, Path path) throws Exception {
    Path local = directory.resolve("local");
    Files.deleteIfExists(local);
    try (Background ssh = new Background(rig, "none", "-N", "-L", local + ":" + path)) {
      Awaitility.await().until(() -> Files.exists(local) || !ssh.process.isAlive());
      return ping(local);
    } catch (IOException e) {
      // How ssh tells a program that the server refused the channel.
      return "";
    }
  }

  /** What comes back from the socket at {@code path} for "ping". */
  private static String ping(Path path) throws IOException {
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      socket.write(ByteBuffer.wrap("ping".getBytes(UTF_8)));
      socket.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(8);
      while (answer.hasRemaining() && socket.read(answer) >= 0) {}
      return new String(answer.array(), 0, answer.position(), UTF_8);
    }
  }

  @Test
  void aPortHereLeadsToTheClient() throws Exception {
    try (ServerSocket echo = echo();
        NodeRig rig = new NodeRig(directory).authorize("");
        Background ssh =
            new Background(rig, "none", "-N", "-v", "-R", "0:127.0.0.1:" + echo.getLocalPort())) {
      int port = ssh.allocatedPort();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write("ping".getBytes(UTF_8));
        socket.shutdownOutput();
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo("ping");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "no-port-forwarding, AllowTcpForwarding, yes",
    "'permitlisten=\"1\"', AllowTcpForwarding, yes",
    "'', AllowTcpForwarding, local",
    "'', PermitListen, none",
    "'', DisableForwarding, yes"
  })
  void noPortIsListenedOnIfKeyOrSettingsForbid(String options, String option, String value)
      throws Exception {
    try (NodeRig rig = new NodeRig(directory, option, value).authorize(options)) {
      assertThat(rig.ssh("x", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1").err())
          .contains("remote port forwarding failed");
    }
  }

  @Test
  void aSocketHereLeadsToTheClientAndIsTheUsersAlone() throws Exception {
    Path path = directory.resolve("r");
    try (ServerSocket echo = echo();
        NodeRig rig = new NodeRig(directory).authorize("");
        Background ssh =
            new Background(rig, "none", "-N", "-R", path + ":127.0.0.1:" + echo.getLocalPort())) {
      Awaitility.await().until(() -> Files.exists(path) || !ssh.process.isAlive());
      assertThat((int) Files.getAttribute(path, "unix:mode") & 0777).isEqualTo(0600);
      assertThat(ping(path)).isEqualTo("ping");
      ssh.stop();
      Awaitility.await().until(() -> !Files.exists(path));
    }
  }

  @Test
  void theAgentIsReachedByASocketOfTheUsers() throws Exception {
    Path agent = directory.resolve("agent");
    try (ServerSocketChannel fake = unixEcho(agent);
        NodeRig rig = new NodeRig(directory).authorize("")) {
      Path socket;
      try (Background ssh = new Background(rig, agent.toString(), "-A", "cat & echo")) {
        socket = Path.of(ssh.said("SSH_AUTH_SOCK=").split("[,}]", 2)[0]);
        assertThat(socket.toString()).startsWith("/tmp/ssh-");
      }
      rig.authorize("no-agent-forwarding");
      try (Background ssh = new Background(rig, agent.toString(), "-A", "x")) {
        assertThat(ssh.said("Exec")).doesNotContain("SSH_AUTH_SOCK");
      }
      Awaitility.await().until(() -> !Files.exists(socket.resolveSibling(".")));
      assertThat(fake.isOpen()).isTrue();
    }
  }

  @Test
  void everyHostKeyIsToldAndProved() throws Exception {
    try (NodeRig rig = new NodeRig(directory).authorize("")) {
      assertThat(rig.ssh("x", "-vvv").err()).contains("hostkeys-00@openssh.com");
    }
  }

  @Test
  void theBannerIsShown() throws Exception {
    Path banner = Files.writeString(directory.resolve("banner"), "Be kind.\n");
    try (NodeRig rig = new NodeRig(directory, "Banner", banner.toString()).authorize("")) {
      assertThat(rig.ssh("x").err()).contains("Be kind.");
    }
  }

  @Test
  void aCertificateOfOpenSshsGetsIn() throws Exception {
    Path authority = new OpenSsh(directory).key("ecdsa");
    try (NodeRig rig =
        new NodeRig(directory, "TrustedUserCAKeys", authority + ".pub", "AcceptEnv", "A")) {
      Process made =
          new ProcessBuilder(
                  "ssh-keygen",
                  "-q",
                  "-s",
                  authority.toString(),
                  "-I",
                  "id",
                  "-n",
                  "me",
                  "-O",
                  "force-command=only",
                  "-V",
                  "20260101:20270101",
                  rig.key + ".pub")
              .start();
      assertThat(made.waitFor()).isZero();
      assertThat(rig.ssh("x").text()).startsWith("Exec[command=only]");
    }
  }

  @Test
  void keepAliveIsAnsweredAndASilentClientIsSentAway() throws Exception {
    try (NodeRig rig =
            new NodeRig(directory, "ClientAliveInterval", "1", "ClientAliveCountMax", "1")
                .authorize("");
        Background ssh = new Background(rig, "none", "-N", "-o", "ServerAliveInterval=1")) {
      assertThat(ssh.process.waitFor(4, TimeUnit.SECONDS)).isFalse();
      Process stopped =
          new ProcessBuilder("kill", "-STOP", Long.toString(ssh.process.pid())).start();
      assertThat(stopped.waitFor()).isZero();
      Awaitility.await().until(() -> rig.connections() == 0);
    }
  }

  private static OpenSsh.Ended through(NodeRig rig, String there) throws Exception {
    InputStream ping = new ByteArrayInputStream("ping".getBytes(UTF_8));
    return rig.ssh(ping, "", "-W", there);
  }

  /** A client that runs until it is closed. */
  private static final class Background implements AutoCloseable {
    final Process process;
    private final Path log;

    Background(NodeRig rig, String agent, String... options) throws Exception {
      log = rig.file("background.log");
      List<String> line =
          new ArrayList<>(List.of("ssh", "-F", "none", "-p", "" + rig.port(), "-i", "" + rig.key));
      line.addAll(List.of("-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"));
      line.addAll(List.of("-o", "UserKnownHostsFile=/dev/null", "-o", "IdentityAgent=" + agent));
      line.addAll(List.of("-o", "IdentitiesOnly=yes", "-o", "User=me", "127.0.0.1"));
      line.addAll(List.of(options));
      process =
          new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    int allocatedPort() throws Exception {
      String rest = said("Allocated port ");
      return Integer.parseInt(rest.substring(0, rest.indexOf(' ')));
    }

    /** What is said behind {@code words}, once they are. */
    String said(String words) throws Exception {
      Awaitility.await().until(() -> Files.readString(log).contains(words) || !process.isAlive());
      String said = Files.readString(log);
      assertThat(said).contains(words);
      return said.substring(said.indexOf(words) + words.length());
    }

    void stop() {
      process.destroyForcibly();
    }

    @Override
    public void close() {
      stop();
    }
  }

  private static ServerSocket echo() throws Exception {
    ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(() -> {
      try {
        while (true) {
          try (Socket one = socket.accept()) {
            one.getInputStream().transferTo(one.getOutputStream());
          }
        }
      } catch (IOException e) {
        // Closed with the test.
      }
    });
    return socket;
  }

  private static ServerSocketChannel unixEcho(Path path) throws Exception {
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(path));
    Thread.startVirtualThread(() -> {
      try {
        while (true) {
          try (SocketChannel one = socket.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(1024);
            while (one.read(bytes.clear()) >= 0) {
              one.write(bytes.flip());
            }
          }
        }
      } catch (IOException e) {
        // Closed with the test.
      }
    });
    return socket;
  }
}
