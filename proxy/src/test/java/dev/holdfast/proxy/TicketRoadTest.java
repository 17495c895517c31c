package dev.holdfast.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Network;
import dev.holdfast.access.ProxyAnswer;
import dev.holdfast.access.ProxyHello;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketKeys;
import dev.holdfast.access.TicketProof;
import dev.holdfast.client.ProxyPassage;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Gate;
import dev.holdfast.link.Passage;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.RemoteCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Streams that go through proxies by tickets, end to end. */
class TicketRoadTest {
  private static final int PIECE = 32 * 1024;

  @Test
  void streamLosesNothingWhileProxiesDieInTurn() throws Exception {
    try (Town town = new Town(2).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex());
          RemoteCommand echo = node.start("")) {
        skip(echo.stdout(), "web1: ".length());
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        MessageDigest back = MessageDigest.getInstance("SHA-256");
        Random random = new Random(1);
        for (int round = 0; round < 6; round++) {
          int dying = round % 2;
          town.stopProxy(dying);
          for (int i = 0; i < 20; i++) {
            byte[] piece = new byte[PIECE];
            random.nextBytes(piece);
            sent.update(piece);
            echo.stdin().write(piece);
            echo.stdin().flush();
            back.update(echo.stdout().readNBytes(PIECE));
          }
          town.startProxy(dying);
          town.awaitNode(dying, "web1");
        }
        assertThat(back.digest()).isEqualTo(sent.digest());
      }
    }
  }

  private static void skip(InputStream in, int bytes) throws IOException {
    in.readNBytes(bytes);
  }

  @Test
  void streamWaitsForItsNodeWhereThereIsOneProxyOnly() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex());
          RemoteCommand echo = node.start("")) {
        skip(echo.stdout(), "web1: ".length());
        town.stopProxy(0);
        echo.stdin().write(new byte[] {1, 2, 3});
        echo.stdin().flush();
        town.startProxy(0);
        assertThat(echo.stdout().readNBytes(3)).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void freshTicketComesBackWhileNobodyCanBeAsked() throws Exception {
    try (Town town = new Town(2).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex());
          RemoteCommand echo = node.start("")) {
        skip(echo.stdout(), "web1: ".length());
        town.cluster.answers = false;
        town.stopProxy(0);
        echo.stdin().write(7);
        echo.stdin().flush();
        assertThat(echo.stdout().read()).isEqualTo(7);
      }
    }
  }

  @Test
  void lockCutsAStreamThatIsUpAtOnce() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex())) {
        assertThat(node.isOver()).isFalse();
        assertThat(town.proxy(0).relayed()).isOne();
        town.cluster.locked.add("ada");
        town.cluster.told.add("ada");
        town.proxy(0).recheck(wish -> true);
        Awaitility.await().atMost(Town.PATIENCE).until(node::isOver);
      }
    }
  }

  @Test
  void lockEndsAStreamOnceItsTicketIsOver() throws Exception {
    try (Town town = new Town(1).tickets(Duration.ofSeconds(1), anyAddress()).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex())) {
        town.cluster.locked.add("ada");
        Awaitility.await().atMost(Town.PATIENCE).until(node::isOver);
      }
    }
  }

  private static ProxySettings.AddressPolicy anyAddress() {
    return ProxySettings.AddressPolicy.ANY;
  }

  @Test
  void staleTicketIsRenewedWithoutARoundTripMore() throws Exception {
    try (Town town = new Town(2).tickets(Duration.ofSeconds(1), anyAddress()).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex());
          RemoteCommand echo = node.start("")) {
        skip(echo.stdout(), "web1: ".length());
        int before = town.cluster.asked.get();
        Awaitility.await().atMost(Town.PATIENCE).until(() -> town.cluster.asked.get() > before);
        town.stopProxy(0);
        echo.stdin().write(7);
        echo.stdin().flush();
        assertThat(echo.stdout().read()).isEqualTo(7);
      }
    }
  }

  // ---- what thieves, replayers and rogues can't ----

  /** Says {@code flight} to a proxy, and hears all that it says. */
  private static byte[] say(Town town, int number, byte[] flight) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), town.ports.get(number))) {
      socket.setSoTimeout((int) Town.PATIENCE.toMillis());
      socket.getOutputStream().write(flight);
      ByteArrayOutputStream heard = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(heard);
      } catch (IOException e) {
        // Reset, for it had not read all that was said.
      }
      return heard.toByteArray();
    }
  }

  private static String refusal(byte[] heard) throws Exception {
    ByteBuffer input = ByteBuffer.wrap(heard);
    ProxyAnswer answer = ProxyAnswer.read(input);
    return answer instanceof ProxyAnswer.Refused(var why, String text) ? why + " " + text : "";
  }

  /** Notes what is said on the way. */
  private record Overheard(Passage inner, List<byte[]> flights) implements Passage {
    @Override
    public List<Destination> proxies() {
      return inner.proxies();
    }

    @Override
    public void enter(SocketChannel channel, Duration within) throws IOException {
      inner.enter(channel, within);
    }

    @Override
    public byte[] before(byte[] hello, boolean opens) {
      byte[] before = inner.before(hello, opens);
      byte[] flight = Arrays.copyOf(before, before.length + hello.length);
      System.arraycopy(hello, 0, flight, before.length, hello.length);
      synchronized (flights) {
        flights.add(flight);
      }
      return before;
    }

    @Override
    public Hearing hearing() {
      return inner.hearing();
    }
  }

  @Test
  void replayedFlightBringsNothingFromAnyProxy() throws Exception {
    try (Town town = new Town(2).open()) {
      Gate gate = town.node("web1", Map.of());
      TicketKey key = TicketKey.generate();
      byte[] ticket = town.ticket(0, "web1", key);
      List<byte[]> flights = new ArrayList<>();
      try (ProxyPassage own = new ProxyPassage(key, ticket, town.destinations())) {
        StreamClient.Connection connection =
            town.streams.connect(
                ClientSettings.of(new Destination("node", 22)), new Overheard(own, flights));
        try (ClientConnection node = town.loginAtNode(connection.duplex());
            RemoteCommand echo = node.start("")) {
          skip(echo.stdout(), "web1: ".length());
          town.stopProxy(0);
          echo.stdin().write(7);
          echo.stdin().flush();
          assertThat(echo.stdout().read()).isEqualTo(7);
          byte[] resume;
          synchronized (flights) {
            assertThat(flights).hasSizeGreaterThan(1);
            resume = flights.getLast();
          }
          long resumed = gate.values().resumed();
          byte[] heard = say(town, 1, resume);
          ByteBuffer answer = ByteBuffer.wrap(heard);
          assertThat(ProxyAnswer.read(answer)).isInstanceOf(ProxyAnswer.Welcome.class);
          // What follows is the node's own refusal, after which it hangs up.
          assertThat(new String(heard, java.nio.charset.StandardCharsets.UTF_8))
              .contains("does not have this connection");
          assertThat(gate.values().resumed()).isEqualTo(resumed);
          echo.stdin().write(8);
          echo.stdin().flush();
          assertThat(echo.stdout().read()).isEqualTo(8);

          ByteArrayOutputStream opening = new ByteArrayOutputStream();
          opening.write(new ProxyHello.Open(ticket).encoded());
          opening.write(flights.getFirst());
          byte[] challenged = say(town, 1, opening.toByteArray());
          ByteBuffer words = ByteBuffer.wrap(challenged);
          assertThat(ProxyAnswer.read(words)).isInstanceOf(ProxyAnswer.Challenge.class);
          assertThat(String.valueOf(ProxyAnswer.read(words))).contains("somebody else's");
        }
      }
    }
  }

  @Test
  void stolenTicketIsOfNoUseWithoutItsKey() throws Exception {
    try (Town town = new Town(1).open()) {
      Gate gate = town.node("web1", Map.of());
      TicketKey key = TicketKey.generate();
      byte[] ticket = town.ticket(0, "web1", key);
      TicketKey thief = TicketKey.generate();
      try (ProxyPassage stolen = new ProxyPassage(thief, ticket, town.destinations())) {
        assertThatThrownBy(
                () -> town.streams.connect(ClientSettings.of(new Destination("node", 22)), stolen))
            .hasMessageContaining("somebody else's");
      }
      byte[] renewing =
          say(town, 0, join(new ProxyHello.Renew(ticket).encoded(), new byte[TicketProof.BYTES]));
      ByteBuffer words = ByteBuffer.wrap(renewing);
      assertThat(ProxyAnswer.read(words)).isInstanceOf(ProxyAnswer.Challenge.class);
      assertThat(String.valueOf(ProxyAnswer.read(words))).contains("somebody else's");
      assertThat(gate.values().accepted()).isZero();
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  @Test
  void ticketOfARogueProxyIsBelievedNowhere() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of());
      TicketKey key = TicketKey.generate();
      byte[] forged = forged(town, TicketKey.generate(), key);
      assertThat(refusal(say(town, 0, new ProxyHello.Open(forged).encoded())))
          .contains("TICKET This ticket is not one of this cluster's");
    }
  }

  /** A ticket for web1 that {@code signs} signed, whoever has it. */
  private static byte[] forged(Town town, TicketKey signs, TicketKey holder) {
    TicketKeys keys = TicketKeys.of(signs);
    Judge.Wish wish =
        new Judge.Wish(
            "ada", "", town.cluster.nodes().getFirst(), InetAddress.getLoopbackAddress());
    return new Tickets(town.settings(0, () -> keys), town.cluster, java.time.Instant::now)
        .give(wish, holder.shown())
        .orElseThrow();
  }

  @Test
  void withdrawnKeyBringsBackStreamsThatWereThereAndNothingElse() throws Exception {
    try (Town town = new Town(2).open()) {
      Gate gate = town.node("web1", Map.of());
      TicketKey key = TicketKey.generate();
      List<byte[]> flights = new ArrayList<>();
      try (ProxyPassage own =
          new ProxyPassage(key, town.ticket(0, "web1", key), town.destinations())) {
        StreamClient.Connection connection =
            town.streams.connect(
                ClientSettings.of(new Destination("node", 22)), new Overheard(own, flights));
        try (ClientConnection node = town.loginAtNode(connection.duplex());
            RemoteCommand echo = node.start("")) {
          skip(echo.stdout(), "web1: ".length());
          // A proxy that had the key was removed: all others go by the next one.
          town.keys =
              new TicketKeys(TicketKey.generate(), List.of(), List.of(town.ticketKey.shown()));
          town.stopProxy(0);
          echo.stdin().write(7);
          echo.stdin().flush();
          assertThat(echo.stdout().read()).isEqualTo(7);

          TicketKey thief = TicketKey.generate();
          byte[] forged = forged(town, town.ticketKey, thief);
          assertThat(refusal(say(town, 1, new ProxyHello.Open(forged).encoded())))
              .startsWith("TICKET The key of this ticket was withdrawn");
          byte[] renewal = new ProxyHello.Renew(forged).encoded();
          assertThat(answers(say(town, 1, join(renewal, new byte[TicketProof.BYTES]))).getLast())
              .hasToString(
                  "Refused[why=TICKET, text=The key of this ticket was withdrawn, so it brings back"
                      + " its stream only; connect anew.]");
          long resumed = gate.values().resumed();
          byte[] hello = helloOf(flights);
          byte[] proof = TicketProof.resume(thief, forged, hello);
          byte[] heard = say(town, 1, join(new ProxyHello.Resume(forged, proof).encoded(), hello));
          // No new ticket; and the node itself says no.
          assertThat(ProxyAnswer.read(ByteBuffer.wrap(heard)))
              .isInstanceOfSatisfying(
                  ProxyAnswer.Welcome.class, it -> assertThat(it.ticket()).isEmpty());
          assertThat(new String(heard, java.nio.charset.StandardCharsets.UTF_8))
              .contains("does not have this connection");
          assertThat(gate.values().resumed()).isEqualTo(resumed);
          echo.stdin().write(8);
          echo.stdin().flush();
          assertThat(echo.stdout().read()).isEqualTo(8);
        }
      }
    }
  }

  /** The stream's hello in the last flight. */
  private static byte[] helloOf(List<byte[]> flights) throws Exception {
    synchronized (flights) {
      ByteBuffer flight = ByteBuffer.wrap(flights.getLast());
      assertThat(ProxyHello.read(flight)).isInstanceOf(ProxyHello.Resume.class);
      byte[] hello = new byte[flight.remaining()];
      flight.get(hello);
      return hello;
    }
  }

  @Test
  void proxyThatDoesNotKnowItsKeysSendsNobodyAwayForGood() throws Exception {
    try (Town town = new Town(2).open()) {
      town.node("web1", Map.of());
      try (ClientConnection node = town.loginAtNode(town.stream("web1").duplex());
          RemoteCommand echo = node.start("")) {
        skip(echo.stdout(), "web1: ".length());
        byte[] ticket = town.ticket(0, "web1", TicketKey.generate());
        TicketKeys before = town.keys;
        town.keys = TicketKeys.NONE;
        assertThat(refusal(say(town, 1, new ProxyHello.Open(ticket).encoded())))
            .startsWith("BUSY This proxy can't tell good tickets at the moment");
        town.stopProxy(0);
        echo.stdin().write(7);
        echo.stdin().flush();
        Awaitility.await()
            .atMost(Town.PATIENCE)
            .until(() -> town.said.stream().filter(it -> it.contains("can't tell")).count() > 1);
        town.keys = before;
        assertThat(echo.stdout().read()).isEqualTo(7);
      }
    }
  }

  /** What the proxy answers before a node says anything. */
  private static List<ProxyAnswer> answers(byte[] heard) throws Exception {
    List<ProxyAnswer> answers = new ArrayList<>();
    ByteBuffer input = ByteBuffer.wrap(heard);
    while (input.hasRemaining() && input.get(input.position()) == 0) {
      answers.add(ProxyAnswer.read(input));
    }
    return answers;
  }

  @Test
  void ticketCountsOnlyFromWhereItWasGivenIfThatIsThePolicy() throws Exception {
    try (Town town =
        new Town(1).tickets(Duration.ofMinutes(1), ProxySettings.AddressPolicy.ADDRESS).open()) {
      town.node("web1", Map.of());
      byte[] ticket = town.ticket(0, "web1", TicketKey.generate());
      byte[] hello = new ProxyHello.Open(ticket).encoded();
      try (SocketChannel channel = SocketChannel.open()) {
        channel.bind(new java.net.InetSocketAddress("127.0.0.2", 0));
        channel.connect(Town.at(town.ports.getFirst()));
        channel.write(ByteBuffer.wrap(hello));
        byte[] heard = channel.socket().getInputStream().readAllBytes();
        assertThat(refusal(heard)).startsWith("ADDRESS");
      }
    }
  }

  @Test
  void balancerIsBelievedAboutWhereAClientIsAndNobodyElseIs() throws Exception {
    byte[] header = "PROXY TCP4 192.0.2.7 192.0.2.1 51832 3022\r\n".getBytes(US_ASCII);
    byte[] flight = join(header, new ProxyHello.Open(new byte[100]).encoded());
    try (Town town = new Town(1).behind(Network.parse("127.0.0.0/8")).open()) {
      assertThat(refusal(say(town, 0, flight))).startsWith("TICKET");
      assertThat(town.said).anyMatch(it -> it.startsWith("refused: /192.0.2.7:51832"));
    }
    try (Town town = new Town(1).behind(Network.parse("10.0.0.0/8")).open()) {
      try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), town.ports.getFirst())) {
        stranger.getOutputStream().write(header);
        assertThat(stranger.getInputStream().read()).isEqualTo('S');
      }
      assertThat(town.said).noneMatch(it -> it.contains("192.0.2.7"));
    }
  }

  @Test
  void nonceThatNobodyWaitsForIsHungUpOn() throws Exception {
    try (Town town = new Town(1).open()) {
      town.node("web1", Map.of());
      assertThat(say(town, 0, new ProxyHello.DialBack(new byte[32]).encoded())).isEmpty();
    }
  }
}
