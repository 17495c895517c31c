package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bad network must be bad exactly as asked, or the tests that use it prove nothing. */
final class CuttingRelayTest {
  private static final int QUIET_MILLIS = 200;

  private final ServerSocket echo;
  private final CuttingRelay relay;

  CuttingRelayTest() throws IOException {
    echo = new ServerSocket(0, 16, InetAddress.ofLiteral("127.0.0.1"));
    relay = new CuttingRelay((InetSocketAddress) echo.getLocalSocketAddress());
  }

  @BeforeEach
  void serve() {
    Thread.ofVirtual().start(this::echoAll);
  }

  @AfterEach
  void close() throws IOException {
    relay.close();
    echo.close();
  }

  @Test
  void carriesEveryByteAndTheEndOfTheStream() throws IOException {
    byte[] sent = Sample.bytes(3_000_000);
    try (Socket client = dial()) {
      Thread.ofVirtual().start(() -> sendAndFinish(client, sent));
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
    }
    assertThat(relay.bytes(Direction.UP)).isEqualTo(sent.length);
    assertThat(relay.bytes(Direction.DOWN)).isEqualTo(sent.length);
  }

  @Test
  void resetsAllConnectionsAtTheChosenByte() throws IOException {
    long gap = CutPlan.of(7, 1, 1000).nextGap();
    relay.cut(CutPlan.of(7, 1, 1000));
    try (Socket idle = dial();
        Socket busy = dial()) {
      Await.until("both to be relayed", Duration.ofSeconds(5), () -> relay.accepted() == 2);
      sendQuietly(busy, new byte[5000]);
      assertThatThrownBy(() -> drain(busy)).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> drain(idle)).isInstanceOf(SocketException.class);
    }
    // What was carried up may have been answered before the reset.
    assertThat(relay.bytes(Direction.UP) + relay.bytes(Direction.DOWN)).isBetween(gap, 2 * gap);
    assertThat(relay.resets()).isEqualTo(1);
  }

  @Test
  void goesOnWhereItStalled() throws IOException {
    try (Socket client = dial()) {
      assertThat(answer(client, 1)).isEqualTo(1);
      relay.fallSilent(Silence.STALLED);
      client.getOutputStream().write(2);
      assertSilent(client);
      relay.heal();
      assertThat(client.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void swallowsForEverWhatItForgot() throws IOException {
    try (Socket old = dial()) {
      assertThat(answer(old, 1)).isEqualTo(1);
      relay.fallSilent(Silence.FORGOTTEN);
      try (Socket meanwhile = dial()) {
        Await.until("it to be accepted", Duration.ofSeconds(5), () -> relay.accepted() == 2);
        relay.heal();
        try (Socket fresh = dial()) {
          assertThat(answer(fresh, 3)).isEqualTo(3);
        }
        old.getOutputStream().write(2);
        assertSilent(old);
        meanwhile.getOutputStream().write(2);
        assertSilent(meanwhile);
      }
    }
  }

  /** The kernel may complete a connection or two that were on their way when the port closed. */
  private boolean isRefused() throws IOException {
    try (Socket meanwhile = dial()) {
      return !meanwhile.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void refusesUntilHealed() throws IOException {
    relay.fallSilent(Silence.REFUSING);
    Await.until("a refusal", Duration.ofSeconds(5), this::isRefused);
    relay.heal();
    try (Socket client = dial()) {
      assertThat(answer(client, 1)).isEqualTo(1);
    }
  }

  @Test
  void invertsBitsInOneDirectionBehindTheSparedBytes() throws IOException {
    relay.damage(Direction.DOWN, 5, 1000, 10_000);
    byte[] sent = Sample.bytes(1_000_000);
    try (Socket client = dial()) {
      Thread.ofVirtual().start(() -> sendAndFinish(client, sent));
      byte[] got = client.getInputStream().readAllBytes();
      assertThat(Arrays.mismatch(got, sent)).isGreaterThanOrEqualTo(10_000);
      BitSet differing = BitSet.valueOf(got);
      differing.xor(BitSet.valueOf(sent));
      assertThat((long) differing.cardinality())
          .isEqualTo(relay.damagedBits())
          .isBetween(800L, 1200L);
    }
  }

  @Test
  void delaysEachByteInBothDirections() throws IOException {
    relay.delay(Duration.ofMillis(60));
    try (Socket client = dial()) {
      long start = System.nanoTime();
      assertThat(answer(client, 1)).isEqualTo(1);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(120_000_000L);
    }
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket(relay.address().getAddress(), relay.address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static int answer(Socket client, int question) throws IOException {
    client.getOutputStream().write(question);
    return client.getInputStream().read();
  }

  private static void assertSilent(Socket client) throws IOException {
    client.setSoTimeout(QUIET_MILLIS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    client.setSoTimeout(10_000);
  }

  private static void drain(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    while (in.read() >= 0) {
      // only its end matters
    }
  }

  private static void sendAndFinish(Socket client, byte[] bytes) {
    sendQuietly(client, bytes);
    try {
      client.shutdownOutput();
    } catch (IOException e) {
      // The reader notices.
    }
  }

  private static void sendQuietly(Socket client, byte[] bytes) {
    try {
      client.getOutputStream().write(bytes);
    } catch (IOException e) {
      // The reader notices.
    }
  }

  private void echoAll() {
    while (!echo.isClosed()) {
      try {
        Socket accepted = echo.accept();
        Thread.ofVirtual().start(() -> echoOne(accepted));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void echoOne(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The client notices.
    }
  }
}
