package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.ProxyHello;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketKeys;
import dev.holdfast.access.TicketProof;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.KeyShare;
import dev.holdfast.stream.LinkV2;
import dev.holdfast.stream.StreamId;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that have hung up before they are joined with their node: nothing goes on for them. */
@Timeout(120)
final class HungUpTest {
  /** Bytes, as PROTOCOL.resume-v2 has it. */
  private static final int STREAM_ID = 16;

  private static final int STREAM_PROOF = 32;

  private final Semaphore judging = new Semaphore(0);
  private Town town;
  private Proxy proxy;
  private SlowNode node;

  @BeforeEach
  void open() throws Exception {
    town = new Town(1);
    proxy =
        Proxy.start(
            town.settings(0, this::keys), town.cluster, (weight, event, text) -> {}, event -> {});
    node = new SlowNode();
  }

  @AfterEach
  void close() throws IOException {
    node.close();
    proxy.close();
    town.close();
  }

  /** Each who shows a ticket is judged when the test lets him be. */
  private TicketKeys keys() {
    judging.acquireUninterruptibly();
    return town.keys;
  }

  /** A node that dials back when the test wants it to. */
  private final class SlowNode implements Closeable {
    private final ClientConnection connection;
    private final RemoteCommand tunnel;
    private final LineReader lines;

    SlowNode() throws Exception {
      KeyPair key = SshKeys.generateEd25519();
      town.cluster.node("web1", key.getPublic(), Map.of());
      connection = town.login(0, Proxy.NODE_USER + "web1", key);
      tunnel =
          connection.start(
              new SessionPlan(
                  new SessionRequest.Subsystem(Proxy.TUNNEL), Optional.empty(), Map.of(), false));
      lines = new LineReader(tunnel.stdout(), TunnelMessage.MOST_LINE);
      Awaitility.await().atMost(Town.PATIENCE).until(() -> proxy.has("web1"));
    }

    /** Waits until it is asked to dial. */
    TunnelMessage.Dial asked() throws Exception {
      return (TunnelMessage.Dial) TunnelMessage.parse(Objects.requireNonNull(lines.next()));
    }

    @Override
    public void close() throws IOException {
      tunnel.close();
      connection.close();
    }
  }

  private Socket dial() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), town.ports.getFirst());
    socket.setSoTimeout((int) Town.PATIENCE.toMillis());
    return socket;
  }

  /** What a client says whose stream comes back. */
  private byte[] returning() throws Exception {
    TicketKey key = TicketKey.generate();
    judging.release();
    byte[] ticket = town.ticket(0, "web1", key);
    byte[] unproven =
        HelloV2.resume(
            new StreamId(new byte[STREAM_ID]),
            1,
            new byte[KeyShare.BYTES],
            new LinkV2.Position(0, 0));
    byte[] hello = joined(unproven, new byte[STREAM_PROOF]);
    byte[] proof = TicketProof.resume(key, ticket, hello);
    return joined(new ProxyHello.Resume(ticket, proof).encoded(), hello);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  @Test
  void noNodeIsAskedToDialForWhoHasHungUp() throws Exception {
    byte[] flight = returning();
    try (Socket gone = dial();
        Socket there = dial()) {
      gone.getOutputStream().write(flight);
      gone.shutdownOutput();
      judging.release();
      assertThat(gone.getInputStream().readAllBytes()).isEmpty();
      there.getOutputStream().write(flight);
      judging.release();
      assertThat(node.asked().client().from().getPort()).isEqualTo(there.getLocalPort());
    }
  }

  @Test
  void nodeThatHasDialledForWhoHungUpMeanwhileHearsNothing() throws Exception {
    byte[] flight = returning();
    try (Socket client = dial();
        Socket back = dial()) {
      client.getOutputStream().write(flight);
      judging.release();
      byte[] nonce = node.asked().nonce();
      client.shutdownOutput();
      back.getOutputStream().write(new ProxyHello.DialBack(nonce).encoded());
      assertThat(back.getInputStream().readAllBytes()).isEmpty();
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void nodeThatHasDialledForWhoIsThereHearsHim() throws Exception {
    byte[] flight = returning();
    try (Socket client = dial();
        Socket back = dial()) {
      client.getOutputStream().write(flight);
      judging.release();
      back.getOutputStream().write(new ProxyHello.DialBack(node.asked().nonce()).encoded());
      byte[] preface = HelloV2.preface();
      assertThat(back.getInputStream().readNBytes(preface.length)).isEqualTo(preface);
    }
  }
}
