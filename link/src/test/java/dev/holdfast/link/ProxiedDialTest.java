package dev.holdfast.link;

import static dev.holdfast.link.DialFixture.LONG;
import static dev.holdfast.link.DialFixture.closedPort;
import static dev.holdfast.link.DialFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxiedDialTest {
  private static final Destination TO = new Destination("host.test", 22);
  private static final String BANNER = "SSH-2.0-behind\r\n";

  private final DialFixture fixture = new DialFixture();
  private final HeldNames names = fixture.names;

  @AfterEach
  void closeAll() throws Exception {
    fixture.closeAll();
  }

  @Test
  void whatFollowsTheAnswerInOnePacketIsTheConnections() throws Exception {
    int port =
        proxy(s -> http(s, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n" + BANNER));
    SocketChannel channel = start("http://127.0.0.1:" + port, LONG).join();
    assertThat(read(channel, BANNER.length())).isEqualTo(BANNER);
    assertThat(names.isIdle()).as("the proxy looks up the name").isTrue();
    assertThat(channel.isBlocking()).isTrue();
    assertThat(channel.isRegistered()).isFalse();
  }

  @Test
  void anAnswerByteByByteIsTakenToo() throws Exception {
    int port =
        proxy(socket -> {
          readHeader(socket.getInputStream());
          for (byte b : ("HTTP/1.1 200 OK\r\n\r\n" + BANNER).getBytes(StandardCharsets.US_ASCII)) {
            socket.getOutputStream().write(b);
          }
        });
    assertThat(read(start("http://127.0.0.1:" + port, LONG).join(), BANNER.length()))
        .isEqualTo(BANNER);
  }

  @Test
  void whatNoProxyNamesIsDialledDirectly() throws Exception {
    LoopbackServer server = server(_ -> {});
    Map<String, String> environment =
        Map.of("ALL_PROXY", "http://127.0.0.1:" + closedPort(), "NO_PROXY", "test");
    CompletableFuture<SocketChannel> connection =
        fixture.start(fixture.dial(environment, new Destination("host.test", server.port()), LONG));
    names.next().answer("127.0.0.1");
    assertThat(connection.join().isConnected()).isTrue();
  }

  @Test
  void aProxyThatRefusesOrCannotBeFoundIsNamed() throws Exception {
    int closed = closedPort();
    assertThat(failure(start("http://127.0.0.1:" + closed, LONG)).text())
        .isEqualTo(
            "The proxy of ALL_PROXY could not be used: 127.0.0.1:"
                + closed
                + " refused the connection: nothing listens there, or a firewall forbids it.");
    CompletableFuture<SocketChannel> unknown = start("http://proxy.test:3128", LONG);
    names.next().answer();
    assertThat(failure(unknown))
        .isInstanceOfSatisfying(
            DialFailure.ProxyUnavailable.class,
            f -> assertThat(f.why()).isEqualTo(new DialFailure.UnknownHost("proxy.test")));
  }

  @Test
  void aProxysNoIsItsStatus() throws Exception {
    int port = proxy(s -> http(s, "HTTP/1.1 503 \u001b[2JGo away\r\n\r\n"));
    assertThat(failure(start("http://127.0.0.1:" + port, LONG)).text())
        .isEqualTo(
            "http://127.0.0.1:%d did not connect to host.test:22: it answered with HTTP status 503."
                .formatted(port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void aProxyThatKeepsSilentEndsWithTheTimeout(String scheme) throws Exception {
    int port = proxy(_ -> {});
    DialFailure failure = failure(start(scheme + "://127.0.0.1:" + port, Duration.ofMillis(200)));
    assertThat(failure).isInstanceOf(DialFailure.ProxyTimedOut.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void aProxyThatHangsUpIsNamed(String scheme) throws Exception {
    int port = proxy(Socket::close);
    assertThat(failure(start(scheme + "://127.0.0.1:" + port, LONG)))
        .isInstanceOf(DialFailure.ProxyClosed.class);
  }

  @Test
  void aTrickleOfHeadersDoesNotOutlastTheTimeout() throws Exception {
    int port =
        proxy(socket -> {
          OutputStream out = socket.getOutputStream();
          out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < HttpConnect.MAX_HEADER_BYTES / 2; i++) {
            out.write('x');
            socket.setSoTimeout(10);
            awaitSilence(socket);
          }
        });
    long began = System.nanoTime();
    DialFailure failure = failure(start("http://127.0.0.1:" + port, Duration.ofMillis(500)));
    assertThat(failure).isInstanceOf(DialFailure.ProxyTimedOut.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aFloodOfHeadersEndsAtItsBound() throws Exception {
    AtomicInteger written = new AtomicInteger();
    int port =
        proxy(socket -> {
          OutputStream out = socket.getOutputStream();
          out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
          byte[] line = ("X: " + "y".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
          while (written.addAndGet(line.length) < 100_000_000) {
            out.write(line);
          }
        });
    assertThat(failure(start("http://127.0.0.1:" + port, LONG)))
        .isInstanceOf(DialFailure.ProxyGarbled.class);
    assertThat(written.get()).isLessThan(100_000_000);
  }

  @Test
  void closingEndsAWaitForTheProxyAtOnce() throws Exception {
    CompletableFuture<Socket> reached = new CompletableFuture<>();
    int port = proxy(reached::complete);
    Dial dial = fixture.dial(Map.of("ALL_PROXY", "http://127.0.0.1:" + port), TO, LONG);
    CompletableFuture<SocketChannel> connection = fixture.start(dial);
    Socket socket = reached.join();
    readHeader(socket.getInputStream());
    long closed = System.nanoTime();
    dial.close();
    assertThat(failure(connection)).isEqualTo(new DialFailure.Cancelled());
    assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(LONG.dividedBy(3));
    assertThat(socket.getInputStream().read())
        .as("the connection to the proxy is closed")
        .isEqualTo(-1);
  }

  @Test
  void socks5hLetsTheProxyLookUpTheName() throws Exception {
    int port =
        proxy(s -> socks(s, "05 00 00 01 00000000 0000", "05 01 00 03 09 686f73742e74657374 0016"));
    SocketChannel channel = start("socks5h://127.0.0.1:" + port, LONG).join();
    assertThat(read(channel, BANNER.length())).isEqualTo(BANNER);
    assertThat(names.isIdle()).isTrue();
  }

  @Test
  void socks5LooksUpTheNameHereAndTriesItsAddressesInTurn() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    int port =
        proxy(socket -> {
          if (connections.incrementAndGet() == 1) {
            socks(
                socket,
                "05 04 00 01 00000000 0000",
                "05 01 00 04 20010db8000000000000000000000001 0016");
          } else {
            socks(socket, "05 00 00 01 00000000 0000", "05 01 00 01 c0000201 0016");
          }
        });
    CompletableFuture<SocketChannel> connection = start("socks5://127.0.0.1:" + port, LONG);
    names.next().answer("2001:db8::1", "192.0.2.1");
    assertThat(read(connection.join(), BANNER.length())).isEqualTo(BANNER);
  }

  @Test
  void anAddressThatTheProxyIsSilentOfHasOnlyItsShareOfTheTime() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    int port =
        proxy(socket -> {
          if (connections.incrementAndGet() > 1) {
            socks(socket, "05 00 00 01 00000000 0000", "05 01 00 01 c0000202 0016");
          }
        });
    CompletableFuture<SocketChannel> connection =
        start("socks5://127.0.0.1:" + port, Duration.ofSeconds(2));
    names.next().answer("192.0.2.1", "192.0.2.2");
    assertThat(read(connection.join(), BANNER.length())).isEqualTo(BANNER);
  }

  @Test
  void aProxyThatHangsUpOverOneAddressIsAskedForTheNext() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    int port =
        proxy(socket -> {
          if (connections.incrementAndGet() == 1) {
            socket.getInputStream().readNBytes(3);
            socket.close();
          } else {
            socks(socket, "05 00 00 01 00000000 0000", "05 01 00 01 c0000202 0016");
          }
        });
    CompletableFuture<SocketChannel> connection = start("socks5://127.0.0.1:" + port, LONG);
    names.next().answer("192.0.2.1", "192.0.2.2");
    assertThat(read(connection.join(), BANNER.length())).isEqualTo(BANNER);
  }

  @Test
  void socks5TriesNoMoreThanFourAddresses() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    int port =
        proxy(socket -> {
          connections.incrementAndGet();
          socks(socket, "05 05 00 01 00000000 0000", "");
        });
    CompletableFuture<SocketChannel> connection = start("socks5://127.0.0.1:" + port, LONG);
    names.next().answer("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5");
    assertThat(failure(connection)).isInstanceOf(DialFailure.ProxyRefused.class);
    assertThat(connections.get()).isEqualTo(DialRoute.MAX_ADDRESSES_BY_PROXY);
  }

  @Test
  void socks5WithoutAnAddressFails() throws Exception {
    int port = proxy(_ -> {});
    CompletableFuture<SocketChannel> unknown = start("socks5://127.0.0.1:" + port, LONG);
    names.next().answer();
    assertThat(failure(unknown)).isEqualTo(new DialFailure.UnknownHost("host.test"));
    CompletableFuture<SocketChannel> silent =
        start("socks5://127.0.0.1:" + port, Duration.ofMillis(200));
    assertThat(failure(silent)).isInstanceOf(DialFailure.LookupTimedOut.class);
    names.next().answer();
  }

  @Test
  void aProxyThatFailedIsNotLeftConnected() throws Exception {
    CompletableFuture<Socket> reached = new CompletableFuture<>();
    int port =
        proxy(socket -> {
          http(socket, "HTTP/1.1 403 Forbidden\r\n\r\n");
          reached.complete(socket);
        });
    assertThat(failure(start("http://127.0.0.1:" + port, LONG)))
        .isInstanceOf(DialFailure.ProxyRefused.class);
    await().until(() -> isClosedByPeer(reached.join()));
  }

  /** Reads the request, and answers. */
  private static void http(Socket socket, String answer) throws IOException {
    readHeader(socket.getInputStream());
    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Takes part in a handshake without proof, checks the request, and gives the reply and a banner
   * in one packet.
   */
  private static void socks(Socket socket, String reply, String request) throws IOException {
    InputStream in = socket.getInputStream();
    in.readNBytes(3);
    socket.getOutputStream().write(hex("05 00"));
    byte[] head = in.readNBytes(5);
    int left =
        switch (head[3]) {
          case 1 -> 4 + 2 - 1;
          case 4 -> 16 + 2 - 1;
          default -> head[4] + 2;
        };
    byte[] tail = in.readNBytes(left);
    String got = HexFormat.of().formatHex(head) + HexFormat.of().formatHex(tail);
    if (!request.isEmpty() && !got.equals(request.replace(" ", ""))) {
      socket.close();
      return;
    }
    byte[] bytes = hex(reply);
    byte[] banner = BANNER.getBytes(StandardCharsets.US_ASCII);
    socket
        .getOutputStream()
        .write(ByteBuffer.allocate(bytes.length + banner.length).put(bytes).put(banner).array());
  }

  private static void readHeader(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder();
    while (header.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("hung up");
      }
      header.append((char) b);
    }
  }

  private static void awaitSilence(Socket socket) throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {
        // The request is not looked at.
      }
      throw new IOException("hung up");
    } catch (SocketTimeoutException _) {
      // Nothing came for a while: that is what was waited for.
    }
  }

  private static boolean isClosedByPeer(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException _) {
      return true;
    }
  }

  private static String read(SocketChannel channel, int length) throws IOException {
    byte[] bytes = channel.socket().getInputStream().readNBytes(length);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private CompletableFuture<SocketChannel> start(String proxy, Duration timeout) {
    return fixture.start(fixture.dial(Map.of("ALL_PROXY", proxy), TO, timeout));
  }

  private int proxy(LoopbackServer.Session session) throws IOException {
    return server(session).port();
  }

  private LoopbackServer server(LoopbackServer.Session session) throws IOException {
    return fixture.server("127.0.0.1", 0, session);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
