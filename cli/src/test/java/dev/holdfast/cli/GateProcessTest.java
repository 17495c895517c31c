package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class GateProcessTest {
  /** What a gate says, with --verbose, when it answers signals. */
  private static final String READY = "serving at ";

  @TempDir private Path directory;
  private ServerSocket server;

  @BeforeEach
  void startServer() throws IOException {
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @Test
  void hangupReadsTheSettingsAgainWithoutLosingAnything() throws Exception {
    Path file = directory.resolve("gate.conf");
    Files.writeString(file, "listen 127.0.0.1:0\nto 127.0.0.1:" + server.getLocalPort() + "\n");
    try (HoldfastProcess gate = gate("--config", file.toString());
        Socket client = connect(gate.awaitPort());
        Socket behind = server.accept()) {
      gate.await(READY);
      Files.writeString(file, "listen [::1]:0\nto 127.0.0.1:1\nlog-format json\n");
      gate.signal("HUP");
      gate.await("\"event\":\"reload\"");
      Files.writeString(file, "patience soon\n");
      gate.signal("HUP");
      assertThat(gate.await("were not changed")).contains("line 1");
      client.getOutputStream().write("still here".getBytes(US_ASCII));
      assertThat(behind.getInputStream().readNBytes("GET / still here".length()))
          .asString(US_ASCII)
          .isEqualTo("GET / still here");
    }
  }

  @Test
  void hangupWithoutAFileChangesNothing() throws Exception {
    try (HoldfastProcess gate = gate("--listen", "127.0.0.1:0", "--to", to())) {
      int port = gate.awaitPort();
      gate.await(READY);
      gate.signal("HUP");
      gate.await("there is no --config");
      connect(port).close();
    }
  }

  @Test
  void theEndIsOrderlyAndTellsTheClients() throws Exception {
    try (HoldfastProcess gate = gate("--listen", "127.0.0.1:0", "--to", to())) {
      int port = gate.awaitPort();
      gate.await(READY);
      try (HoldfastProcess client =
              HoldfastProcess.start(
                  "connect", "-v", "--resume", "v2", "127.0.0.1", Integer.toString(port));
          Socket behind = server.accept()) {
        client.await("connected with resume v2");
        gate.signal("TERM");
        assertThat(gate.awaitExit()).isZero();
        client.await("holdfast: The gate was shut down; connect again when it is back.");
        assertThat(client.awaitExit()).isEqualTo(255);
        assertThat(behind.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void drainingLetsClientsFinishAndTakesNoNewOnes() throws Exception {
    try (HoldfastProcess gate = gate("--listen", "127.0.0.1:0", "--to", to(), "--drain", "1h")) {
      int port = gate.awaitPort();
      gate.await(READY);
      try (Socket client = connect(port);
          Socket behind = server.accept()) {
        gate.signal("TERM");
        gate.await("no new clients");
        try (Socket late = connect(port)) {
          assertThat(late.getInputStream().read()).isEqualTo(-1);
        }
        behind.getOutputStream().write(42);
        assertThat(client.getInputStream().read()).isEqualTo(42);
      }
      assertThat(gate.awaitExit()).isZero();
    }
  }

  @Test
  void theServerBehindIsToldTheClientsAddress() throws Exception {
    try (HoldfastProcess gate =
            gate("--listen", "127.0.0.1:0", "--to", to(), "--proxy-protocol", "v1");
        Socket client = connect(gate.awaitPort());
        Socket behind = server.accept()) {
      String header =
          "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\n"
              .formatted(client.getLocalPort(), client.getPort());
      assertThat(behind.getInputStream().readNBytes(header.length()))
          .asString(US_ASCII)
          .isEqualTo(header);
    }
  }

  @Test
  void connectLetsGoOfItsStandardStreamsAtOnceAndGoesAtTheSecondSignal() throws Exception {
    try (HoldfastProcess gate = gate("--listen", "127.0.0.1:0", "--to", to());
        HoldfastProcess client =
            HoldfastProcess.start(
                "connect", "-v", "127.0.0.1", Integer.toString(gate.awaitPort()))) {
      client.process.getOutputStream().write("SSH-2.0-x\r\n".getBytes(US_ASCII));
      client.process.getOutputStream().flush();
      try (Socket behind = server.accept()) {
        behind.getOutputStream().write("SSH-2.0-y\r\n".getBytes(US_ASCII));
        client.await("connected with resume v2");
        gate.process.destroyForcibly();
        client.await("the link is lost");
        client.signal("TERM"); // Not HUP, which stays ignored below nohup.
        try (InputStream out = client.process.getInputStream()) {
          out.readAllBytes();
        }
        assertThat(client.process.isAlive()).isTrue();
      }
      while (client.process.isAlive()) {
        client.signal("TERM");
      }
    }
  }

  private HoldfastProcess gate(String... options) throws IOException {
    String[] all = new String[options.length + 4];
    all[0] = "gate";
    all[1] = "--state-dir";
    all[2] = directory.resolve("state").toString();
    all[3] = "--verbose";
    System.arraycopy(options, 0, all, 4, options.length);
    return HoldfastProcess.start(all);
  }

  private String to() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write("GET / ".getBytes(US_ASCII));
    return socket;
  }
}
