package dev.holdfast.link;

import static dev.holdfast.link.DialFixture.LONG;
import static dev.holdfast.link.DialFixture.closedPort;
import static dev.holdfast.link.DialFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(
    value = OS.LINUX,
    disabledReason = "needs all of 127.0.0.0/8, and Linux's way with a full queue")
@Timeout(60)
class DialTest {
  private final DialFixture fixture = new DialFixture();
  private final HeldNames names = fixture.names;

  @AfterEach
  void closeAll() throws Exception {
    fixture.closeAll();
  }

  @Test
  void connectsToAnAddress() throws Exception {
    LoopbackServer server = server("127.0.0.1", 0);
    SocketChannel channel =
        fixture.dial(new Destination("127.0.0.1", server.port()), LONG).connect();
    fixture.keep(channel);
    assertThat(channel.isConnected()).isTrue();
    assertThat(channel.isBlocking()).isTrue();
    assertThat(channel.isRegistered()).isFalse();
    assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
    assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
  }

  @Test
  void connectsToAName() throws Exception {
    LoopbackServer server = server("127.0.0.1", 0);
    CompletableFuture<SocketChannel> connection =
        fixture.start(fixture.dial(host(server.port()), LONG));
    names.next().answer("127.0.0.1");
    assertThat(connection.join().isConnected()).isTrue();
  }

  @Test
  void anAddressThatFailsLetsTheNextBeginAtOnce() throws Exception {
    LoopbackServer server = server("127.0.0.3", 0);
    long began = System.nanoTime();
    CompletableFuture<SocketChannel> connection =
        fixture.start(fixture.dial(host(server.port()), LONG));
    names.next().answer("255.255.255.255", "127.0.0.1", "127.0.0.2", "127.0.0.3");
    assertThat(remote(connection)).isEqualTo("127.0.0.3");
    assertThat(System.nanoTime() - began)
        .as("unreachable, refused, refused, connected: not 250 ms each")
        .isLessThan(3 * ConnectRace.STAGGER.toNanos());
  }

  @Test
  void besideAnAddressThatIsSilentTheNextBeginsAfter250Millis() throws Exception {
    SilentListener silent = silent("127.0.0.1", 0);
    server("127.0.0.2", silent.port());
    CompletableFuture<SocketChannel> connection =
        fixture.start(fixture.dial(host(silent.port()), LONG));
    HeldNames.Question question = names.next();
    long began = System.nanoTime();
    question.answer("127.0.0.1", "127.0.0.2");
    assertThat(remote(connection)).isEqualTo("127.0.0.2");
    assertThat(System.nanoTime() - began)
        .isBetween(ConnectRace.STAGGER.toNanos(), LONG.dividedBy(3).toNanos());
    assertThat(silent.knocking()).as("the loser is closed").isZero();
  }

  @Test
  void theFirstAnswerWinsEvenOfAnAddressThatBeganEarlier() throws Exception {
    SilentListener silent = silent("127.0.0.1", 0);
    SilentListener other = silent("127.0.0.2", silent.port());
    CompletableFuture<SocketChannel> connection =
        fixture.start(fixture.dial(host(silent.port()), LONG));
    names.next().answer("127.0.0.1", "127.0.0.2");
    await().until(() -> silent.knocking() == 2);
    silent.acceptAll();
    assertThat(remote(connection))
        .as("its SYN is sent again after a second")
        .isEqualTo("127.0.0.1");
    assertThat(other.knocking()).isZero();
  }

  @Test
  void closingEndsAHangingConnectAtOnce() throws Exception {
    SilentListener silent = silent("127.0.0.1", 0);
    Dial dial = fixture.dial(new Destination("127.0.0.1", silent.port()), LONG);
    CompletableFuture<SocketChannel> connection = fixture.start(dial);
    await().until(() -> silent.knocking() == 1);
    long closed = System.nanoTime();
    dial.close();
    assertThat(failure(connection)).isEqualTo(new DialFailure.Cancelled());
    assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(LONG.dividedBy(3));
    assertThat(silent.knocking()).isZero();
  }

  @Test
  void closingEndsAHangingLookupAtOnce() throws Exception {
    Dial dial = fixture.dial(host(22), LONG);
    CompletableFuture<SocketChannel> connection = fixture.start(dial);
    HeldNames.Question question = names.next();
    dial.close();
    assertThat(failure(connection)).isEqualTo(new DialFailure.Cancelled());
    question.answer("127.0.0.1");
  }

  @Test
  void interruptingEndsItToo() throws Exception {
    SilentListener silent = silent("127.0.0.1", 0);
    Dial dial = fixture.dial(new Destination("127.0.0.1", silent.port()), LONG);
    CompletableFuture<DialFailure> ended = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual().start(() -> ended.complete(failure(fixture.start(dial, Runnable::run))));
    await().until(() -> silent.knocking() == 1);
    thread.interrupt();
    assertThat(ended.join()).isEqualTo(new DialFailure.Cancelled());
  }

  @Test
  void whatIsClosedBeforeItBeginsConnectsNothing() throws Exception {
    LoopbackServer server = server("127.0.0.1", 0);
    Dial dial = fixture.dial(new Destination("127.0.0.1", server.port()), LONG);
    dial.close();
    assertThat(failure(fixture.start(dial))).isEqualTo(new DialFailure.Cancelled());
  }

  @Test
  void closingAfterItsEndLeavesTheConnectionAlone() throws Exception {
    LoopbackServer server = server("127.0.0.1", 0);
    Dial dial = fixture.dial(new Destination("127.0.0.1", server.port()), LONG);
    SocketChannel channel = dial.connect();
    fixture.keep(channel);
    dial.close();
    assertThat(channel.write(ByteBuffer.wrap(new byte[] {1}))).isEqualTo(1);
    assertThat(server.accepted().getInputStream().read()).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(dial::connect);
  }

  @Test
  void silenceEndsWithTheTimeout() throws Exception {
    SilentListener silent = silent("127.0.0.1", 0);
    Destination to = new Destination("127.0.0.1", silent.port());
    long began = System.nanoTime();
    DialFailure failure = failure(fixture.start(fixture.dial(to, Duration.ofMillis(300))));
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));
    assertThat(failure).isInstanceOf(DialFailure.TimedOut.class);
    assertThat(failure.text())
        .matches(
            to + " did not answer within 0\\.3.. s: check the network and the host's firewall\\.");
    assertThat(silent.knocking()).isZero();
  }

  @Test
  void tellsARefusalFromNoWay() throws Exception {
    int closed = closedPort();
    Destination refusing = new Destination("127.0.0.1", closed);
    assertThat(failure(fixture.start(fixture.dial(refusing, LONG))))
        .isEqualTo(new DialFailure.Refused(refusing));
    Destination nowhere = new Destination("255.255.255.255", closed);
    assertThat(failure(fixture.start(fixture.dial(nowhere, LONG))))
        .isEqualTo(new DialFailure.Unreachable(nowhere));
  }

  @Test
  void aRefusalSaysMoreThanAnUnreachableAddressBesideIt() throws Exception {
    Destination to = host(closedPort());
    CompletableFuture<SocketChannel> connection = fixture.start(fixture.dial(to, LONG));
    names.next().answer("127.0.0.1", "255.255.255.255");
    assertThat(failure(connection)).isEqualTo(new DialFailure.Refused(to));
  }

  @Test
  void tellsAnUnknownNameFromANameServerThatIsSilent() throws Exception {
    CompletableFuture<SocketChannel> unknown = fixture.start(fixture.dial(host(22), LONG));
    names.next().answer();
    assertThat(failure(unknown)).isEqualTo(new DialFailure.UnknownHost("host.test"));
    CompletableFuture<SocketChannel> silent =
        fixture.start(fixture.dial(host(22), Duration.ofMillis(200)));
    assertThat(failure(silent)).isInstanceOf(DialFailure.LookupTimedOut.class);
    names.next().answer();
  }

  @Test
  void aRedialWaitsForNoNameServer() throws Exception {
    LoopbackServer server = server("127.0.0.2", 0);
    CompletableFuture<SocketChannel> first = fixture.start(fixture.dial(host(server.port()), LONG));
    names.next().answer("127.0.0.1", "127.0.0.2");
    first.join();
    SocketChannel again = fixture.start(laterDial(host(server.port()))).join();
    assertThat(again.isConnected()).isTrue();
  }

  @Test
  void aHostThatHasMovedIsFoundByTheLookupBesides() throws Exception {
    LoopbackServer before = server("127.0.0.2", 0);
    CompletableFuture<SocketChannel> first = fixture.start(fixture.dial(host(before.port()), LONG));
    names.next().answer("127.0.0.2");
    first.join();
    before.close();
    server("127.0.0.3", before.port());
    CompletableFuture<SocketChannel> again = fixture.start(laterDial(host(before.port())));
    names.next().answer("127.0.0.3");
    assertThat(remote(again)).isEqualTo("127.0.0.3");
  }

  @Test
  void hangingDialsHoldNoCarrierThread() throws Exception {
    SilentListener silent = silent("127.0.0.1", 0);
    LoopbackServer server = server("127.0.0.2", 0);
    List<CompletableFuture<SocketChannel>> hanging = new ArrayList<>();
    List<Dial> dials = new ArrayList<>();
    for (int i = 0; i < 300; i++) { // more than there are carriers, extra ones included
      Dial dial = fixture.dial(new Destination("127.0.0.1", silent.port()), LONG);
      dials.add(dial);
      hanging.add(fixture.start(dial));
    }
    await().until(() -> silent.knocking() == 300);
    SocketChannel other =
        fixture.start(fixture.dial(new Destination("127.0.0.2", server.port()), LONG)).join();
    assertThat(other.isConnected()).isTrue();
    dials.forEach(Dial::close);
    assertThat(hanging)
        .allSatisfy(h -> assertThat(failure(h)).isEqualTo(new DialFailure.Cancelled()));
    assertThat(silent.knocking()).isZero();
  }

  /** A dial that comes when what was looked up before is not fresh any more. */
  private Dial laterDial(Destination to) {
    await().until(() -> resolverHasAged(to.host()));
    return fixture.dial(to, LONG);
  }

  private boolean resolverHasAged(String host) {
    try (Resolver.Query query = fixture.resolver.ask(host, () -> {})) {
      return query.answer() == null;
    }
  }

  private static String remote(CompletableFuture<SocketChannel> connection) throws IOException {
    return ((InetSocketAddress) connection.join().getRemoteAddress()).getAddress().getHostAddress();
  }

  private static Destination host(int port) {
    return new Destination("host.test", port);
  }

  private LoopbackServer server(String address, int port) throws IOException {
    return fixture.server(address, port, _ -> {});
  }

  private SilentListener silent(String address, int port) throws IOException {
    return fixture.keep(new SilentListener(address, port));
  }
}
