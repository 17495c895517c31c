package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The process around a node, without logins. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class NodeProcessTest {
  private static final String READY = "serving at ";

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("serve.yaml");
    configure("127.0.0.1:0", "");
  }

  private void configure(String listen, String more) throws IOException {
    Files.writeString(
        file,
        "node:\n  listen: '%s'\n  state-dir: %s/state\n%s".formatted(listen, directory, more));
  }

  @Test
  void hangupReadsTheConfigurationAgainAndKeepsTheOldOneIfItIsWrong() throws Exception {
    try (HoldfastProcess node = serve()) {
      int port = node.awaitPort();
      node.await(READY);
      configure("[::1]:0", "  patience: soon\n  nonsense: 1\n");
      node.signal("HUP");
      assertThat(node.await("serve.yaml:4:13")).contains("patience: 'soon' is not a time");
      assertThat(node.await("serve.yaml:5:3")).contains("there is no key 'nonsense'");
      node.await("the configuration was not changed");
      greet(port).close();
      configure("[::1]:0", "log: {format: json}\n");
      node.signal("HUP");
      assertThat(node.await("listening on [0:0:0:0:0:0:0:1]:")).isNotEmpty();
      assertThat(node.await("\"event\":\"reload\"")).contains("again");
    }
  }

  @Test
  void theFirstSignalLetsConnectionsGoOnAndTheSecondEndsThem() throws Exception {
    try (HoldfastProcess node = serve()) {
      int port = node.awaitPort();
      node.await(READY);
      try (Socket client = greet(port);
          HoldfastProcess held =
              HoldfastProcess.start(
                  "connect", "--resume", "v2", "127.0.0.1", Integer.toString(port))) {
        assertIdentifies(held.process.getInputStream());
        node.signal("TERM");
        node.await("2 connections may go on");
        await().until(() -> isRefused(port));
        assertThat(client.isConnected()).isTrue();
        assertThat(node.process.isAlive()).isTrue();
        node.signal("TERM");
        held.await("The server was shut down; connect again when it is back.");
        assertThat(node.awaitExit()).isZero();
      }
    }
  }

  @Test
  void aNodeWithoutConnectionsEndsAtTheFirstSignal() throws Exception {
    try (HoldfastProcess node = serve()) {
      node.await(READY);
      node.signal("TERM");
      assertThat(node.awaitExit()).isZero();
    }
  }

  @Test
  void figuresAndReadinessAreServedByTheProcessThatHasThePort() throws Exception {
    try (HoldfastProcess node = serve("--metrics", "127.0.0.1:0")) {
      String line = node.await("figures are served at ");
      int port = Integer.parseInt(line.replaceAll(".*:", ""));
      assertThat(get(port, "/readyz")).isEqualTo("ok\n");
      assertThat(get(port, "/metrics"))
          .contains(
              "holdfast_node_opened_total 0",
              "holdfast_node_logins_total 0",
              "holdfast_node_sessions_total 0",
              "holdfast_node_open_sessions 0");
    }
  }

  private HoldfastProcess serve(String... more) throws IOException {
    String[] all = new String[more.length + 4];
    all[0] = "serve";
    all[1] = "--config";
    all[2] = file.toString();
    all[3] = "--verbose";
    System.arraycopy(more, 0, all, 4, more.length);
    return HoldfastProcess.start(all);
  }

  /** A plain client that has the server's identification string. */
  private static Socket greet(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write("SSH-2.0-Test\r\n".getBytes(US_ASCII));
    assertIdentifies(socket.getInputStream());
    return socket;
  }

  private static void assertIdentifies(InputStream server) throws IOException {
    assertThat(server.readNBytes(8)).asString(US_ASCII).isEqualTo("SSH-2.0-");
  }

  private static boolean isRefused(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isClosed();
    } catch (ConnectException e) {
      return true;
    }
  }

  private static String get(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
