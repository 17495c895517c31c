package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.bench.DelayRelay.OldLinks;
import dev.holdfast.bench.DelayRelay.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What arrives, in which order, and never too early; that it is punctual is for the bench to say.
 */
final class DelayRelayTest {
  private static final Duration ROUND_TRIP = Duration.ofMillis(40);

  /** A thread may be woken, and bytes may share an instant, by so much early. */
  private static final long EARLY_NANOS = 500_000;

  private static final int QUIET_MILLIS = 300;

  private final List<Socket> sockets = new ArrayList<>();
  private DelayRelay relay;

  @BeforeEach
  void start() throws IOException {
    relay =
        through(
            Service.listen(Thread.ofVirtual().factory()), Shape.roundTrip(ROUND_TRIP, 64 << 20));
  }

  @AfterEach
  void close() throws IOException {
    relay.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void everyByteArrivesInOrderBothWaysAtOnce() throws Exception {
    int bytes = 48 << 20;
    Socket socket = connect();
    socket.getOutputStream().write(request(Op.ECHO, bytes));
    byte[] sent = new byte[bytes];
    new Random(3).nextBytes(sent);
    var sending = new FutureTask<>(() -> writeInPieces(socket, sent));
    Thread.ofPlatform().daemon().start(sending);
    assertThat(socket.getInputStream().readNBytes(bytes)).isEqualTo(sent);
    sending.get(10, TimeUnit.SECONDS);
  }

  @Test
  void nothingComesBackBeforeItsTime() throws IOException {
    long start = System.nanoTime();
    Socket socket = connect();
    key(socket);
    assertThat(System.nanoTime() - start)
        .as("TCP's round trip and the byte's own")
        .isGreaterThan(2 * ROUND_TRIP.toNanos() - EARLY_NANOS);
    start = System.nanoTime();
    key(socket);
    assertThat(System.nanoTime() - start).isGreaterThan(ROUND_TRIP.toNanos() - EARLY_NANOS);
  }

  @Test
  void theEndArrivesAfterTheBytesBeforeIt() throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(request(Op.ECHO, 3));
    socket.getOutputStream().write(new byte[] {1, 2, 3});
    socket.shutdownOutput();
    assertThat(socket.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
    Eventually.holds("the link is gone", () -> relay.links() == 0);
  }

  @Test
  void aServerThatRefusesLooksLikeAReset() throws IOException {
    try (DelayRelay nowhere = through(closedPort(), Shape.roundTrip(ROUND_TRIP, 1 << 20))) {
      Socket socket = connect(nowhere);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void aResetIsSeenByTheClientAndSparesTheNextConnection() throws IOException {
    Socket socket = connect();
    key(socket);
    relay.reset();
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("reset");
    key(connect());
  }

  @Test
  void aStalledLinkIsSilentAndSparesTheNextConnection() throws IOException {
    Socket socket = connect();
    key(socket);
    relay.stall();
    assertSilent(socket);
    key(connect());
  }

  @Test
  void inSilenceNoConnectionIsEstablishedAndNoneIsRefused() throws Exception {
    relay.silence();
    var connecting = new FutureTask<>(this::connect);
    Thread waiting = Thread.ofPlatform().daemon().start(connecting);
    waiting.join(QUIET_MILLIS);
    assertThat(waiting.isAlive()).isTrue();
    relay.heal(OldLinks.STALL);
    key(connecting.get(10, TimeUnit.SECONDS));
  }

  @Test
  void afterSilenceOldLinksGoOnWhereTheyStopped() throws IOException {
    Socket socket = connect();
    key(socket);
    relay.silence();
    assertSilent(socket);
    relay.heal(OldLinks.RETRANSMIT);
    assertThat(socket.getInputStream().read()).isEqualTo('k');
  }

  @Test
  void afterSilenceStalledLinksStaySilentAndNewOnesWork() throws IOException {
    Socket socket = connect();
    key(socket);
    relay.silence();
    relay.heal(OldLinks.STALL);
    assertSilent(socket);
    key(connect());
  }

  @Test
  void silenceMayComeAgain() throws IOException {
    for (int i = 0; i < 3; i++) {
      relay.silence();
      relay.heal(OldLinks.RETRANSMIT);
      key(connect());
    }
  }

  @Test
  void oneLinkTooManyIsReset() throws IOException {
    for (int i = 1; i <= DelayRelay.LINKS_MAX; i++) {
      int links = i;
      connect();
      Eventually.holds("it is a link", () -> relay.links() == links);
    }
    Socket extra = connect();
    assertThatThrownBy(() -> extra.getInputStream().read()).isInstanceOf(IOException.class);
  }

  private DelayRelay through(int port, Shape shape) throws IOException {
    return DelayRelay.start(port, shape, new Segments());
  }

  private Socket connect() throws IOException {
    return connect(relay);
  }

  private Socket connect(DelayRelay through) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), through.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    sockets.add(socket);
    return socket;
  }

  private static void key(Socket socket) throws IOException {
    socket.getOutputStream().write(request(Op.ECHO, 1));
    socket.getOutputStream().write('k');
    assertThat(socket.getInputStream().read()).isEqualTo('k');
  }

  /** Types a key and sees that no echo comes for a while. */
  private static void assertSilent(Socket socket) throws IOException {
    socket.getOutputStream().write(request(Op.ECHO, 1));
    socket.getOutputStream().write('k');
    socket.setSoTimeout(QUIET_MILLIS);
    InputStream in = socket.getInputStream();
    assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
    socket.setSoTimeout(10_000);
  }

  private static byte[] request(Op op, long amount) {
    byte[] request = new byte[Op.REQUEST_BYTES];
    op.request(amount).get(request);
    return request;
  }

  private static boolean writeInPieces(Socket socket, byte[] bytes) throws IOException {
    var random = new Random(4);
    int at = 0;
    while (at < bytes.length) {
      int count =
          Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 9 : 99_999));
      socket.getOutputStream().write(bytes, at, count);
      at += count;
    }
    return true;
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
