package dev.holdfast.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux confines so")
@Timeout(60)
final class ConfinedProcessTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int SIGKILL = 9;

  @TempDir Path temporary;
  private Path own;
  private Path secret;
  private Path socket;

  @BeforeEach
  void make() throws IOException {
    own = Files.createDirectory(temporary.resolve("own"));
    secret = Files.writeString(Files.createDirectory(temporary.resolve("ssh")).resolve("id"), "k");
    socket = temporary.resolve("agent");
    Files.writeString(own.resolve("file"), "");
  }

  private static List<Path> classes() {
    return Arrays.stream(System.getProperty("java.class.path").split(":", -1))
        .filter(it -> !it.isEmpty())
        .map(Path::of)
        .toList();
  }

  private Confinement confinement() {
    List<Path> readable = new ArrayList<>(classes());
    readable.add(Path.of(System.getProperty("java.home")));
    return new Confinement(readable, List.of(own));
  }

  private ConfinedProcess start(int port) throws IOException {
    return start(port, Confinement.Extent.WHOLE);
  }

  private ConfinedProcess start(int port, Confinement.Extent extent) throws IOException {
    String path = String.join(":", classes().stream().map(Path::toString).toList());
    return ConfinedProcess.start(
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "-XX:-UsePerfData",
            "-cp",
            path,
            ConfinedAttempts.class.getName(),
            own.resolve("file").toString(),
            secret.toString(),
            socket.toString(),
            Integer.toString(port),
            Long.toString(ProcessHandle.current().pid())),
        confinement(),
        extent);
  }

  private static String all(Duplex from) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    while (from.read(bytes.clear()) >= 0) {
      text.append(UTF_8.decode(bytes.flip()));
    }
    return text.toString();
  }

  private static ServerSocketChannel port() throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.INET)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private ServerSocketChannel agent() throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket));
  }

  @Test
  void reachesNothingButItsOwnFilesAndWhatItIsGiven() throws Exception {
    assertThat(attempted(Confinement.Extent.WHOLE))
        .containsExactly(
            "read in a virtual thread: refused",
            "read: refused",
            "list: refused",
            "write: refused",
            "make: refused",
            "remove: refused",
            "mode: refused",
            "tcp: refused",
            "socket: refused",
            "udp: refused",
            "another's environment: refused",
            "signal: refused",
            "own: done",
            "program: refused");
    assertThat(secret).hasContent("k");
    assertThat(own.resolve("file")).hasContent("mine");
  }

  @Test
  void withoutLandlockItReadsButChangesNothingAndReachesNobody() throws Exception {
    assertThat(attempted(Confinement.Extent.CALLS))
        .containsExactly(
            "read in a virtual thread: done",
            "read: done",
            "list: done",
            "write: refused",
            "make: refused",
            "remove: refused",
            "mode: refused",
            "tcp: refused",
            "socket: refused",
            "udp: refused",
            "another's environment: done",
            "signal: refused",
            "own: refused",
            "program: refused");
    assertThat(secret).hasContent("k");
    assertThat(own.resolve("file")).isEmptyFile();
  }

  /** What a confined process could do, which got a connection besides. */
  private List<String> attempted(Confinement.Extent extent) throws Exception {
    try (ServerSocketChannel port = port();
        ServerSocketChannel agent = agent();
        ConfinedProcess process =
            start(((InetSocketAddress) port.getLocalAddress()).getPort(), extent);
        SocketPair given = SocketPair.open();
        Duplex here = given.stream()) {
      process.tells().send(ByteBuffer.allocate(0), List.of(given.there()), SOON);
      given.there().close();
      here.write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
      here.shutdownOutput();

      List<String> said = all(process.said()).lines().toList();
      assertThat(all(here)).isEqualTo("hello");
      assertThat(process.ended().get(SOON.toSeconds(), TimeUnit.SECONDS)).isZero();
      assertThat(agent.isOpen()).isTrue();
      return said;
    }
  }

  @Test
  void confinesNobodyElse() throws Exception {
    try (ServerSocketChannel port = port();
        ConfinedProcess _ = start(((InetSocketAddress) port.getLocalAddress()).getPort())) {
      try (Stream<Path> files = Files.list(secret.getParent())) {
        assertThat(files).containsExactly(secret);
      }
      assertThat(new ProcessBuilder("true").start().waitFor()).isZero();
    }
  }

  @Test
  void endsWhenItIsClosed() throws Exception {
    ConfinedProcess process = start(1);
    process.close();
    assertThat(process.ended().get(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(SIGKILL);
  }

  @Test
  void saysWhatCannotBeStarted() {
    assertThatThrownBy(() -> ConfinedProcess.start(List.of("/nowhere"), confinement()))
        .isInstanceOf(IOException.class)
        .hasRootCauseMessage("posix_spawn: No such file or directory (error 2)");
  }
}
