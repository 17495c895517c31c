package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A server, a gate before it, a relay before the gate, and clients, all on loopback. */
final class Rig implements Closeable {
  /** A machine that builds something else at the same time is slow, not wrong. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  static {
    Awaitility.setDefaultTimeout(PATIENCE);
  }

  final ServerSocket server = new ServerSocket();
  final List<GateEvent> gateEvents = new CopyOnWriteArrayList<>();
  final List<ClientEvent> clientEvents = new CopyOnWriteArrayList<>();
  final Gate gate;
  final Relay relay;
  final StreamClient client;
  private final List<Closeable> opened = new ArrayList<>();

  Rig() throws IOException {
    this(UnaryOperator.identity());
  }

  Rig(UnaryOperator<GateSettings> change) throws IOException {
    this(change, StreamClient.MOST_STREAMS);
  }

  /** One whose client has room for that many streams. */
  Rig(UnaryOperator<GateSettings> change, int most) throws IOException {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10_000);
    server.setSoTimeout((int) PATIENCE.toMillis());
    GateSettings settings = GateSettings.of(List.of(loopback(0)), destination(server()));
    gate = Gate.start(change.apply(settings), gateEvents::add);
    relay = new Relay(gateAddress());
    client =
        StreamClient.start(
            64 << 20, fault -> clientEvents.add(new ClientEvent.Ended("" + fault)), most);
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private InetSocketAddress server() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  InetSocketAddress gateAddress() {
    return (InetSocketAddress) gate.addresses().getFirst();
  }

  private static Destination destination(InetSocketAddress address) {
    return new Destination(address.getAddress().getHostAddress(), address.getPort());
  }

  /** What a program has at its end of a connection through relay and gate. */
  Duplex connect(ClientSettings.Resume resume) throws IOException {
    return connect(resume, "SSH-2.0-Test_1.0\r\n");
  }

  Duplex connect(ClientSettings.Resume resume, String firstLine) throws IOException {
    return connect(resume, firstLine, clientEvents::add);
  }

  Duplex connect(ClientSettings.Resume resume, String firstLine, Consumer<ClientEvent> events)
      throws IOException {
    return connection(resume, firstLine, events).duplex();
  }

  StreamClient.Connection connection(ClientSettings.Resume resume) throws IOException {
    return connection(resume, "SSH-2.0-Test_1.0\r\n", clientEvents::add);
  }

  private StreamClient.Connection connection(
      ClientSettings.Resume resume, String firstLine, Consumer<ClientEvent> events)
      throws IOException {
    return client.connect(
        new ClientSettings(destination(relay.address()), resume, PATIENCE, null, Map.of(), events),
        wait -> ascii(firstLine));
  }

  /** A client without resumption, directly at the gate. */
  Socket plain() throws IOException {
    Socket socket = new Socket();
    socket.connect(gateAddress());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    opened.add(socket);
    return socket;
  }

  /** The server's end of the next connection. */
  Socket accept() throws IOException {
    Socket socket = server.accept();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    opened.add(socket);
    return socket;
  }

  boolean clientSaw(Class<? extends ClientEvent> event) {
    return clientEvents.stream().anyMatch(event::isInstance);
  }

  boolean gateSaw(Class<? extends GateEvent> event) {
    return gateEvents.stream().anyMatch(event::isInstance);
  }

  static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  static byte[] read(InputStream in, int bytes) throws IOException {
    byte[] all = in.readNBytes(bytes);
    assertThat(all).hasSize(bytes);
    return all;
  }

  static byte[] read(Duplex from, int bytes) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(bytes);
    while (all.hasRemaining() && from.read(all) >= 0) {
      // More is to come.
    }
    assertThat(all.hasRemaining()).isFalse();
    return all.array();
  }

  static void write(Duplex to, byte[] bytes) throws IOException {
    to.write(ByteBuffer.wrap(bytes));
  }

  /** Sends a line each way. */
  static void exchange(Duplex program, Socket server, String line) throws IOException {
    write(program, ascii(line));
    assertThat(read(server.getInputStream(), line.length())).isEqualTo(ascii(line));
    server.getOutputStream().write(ascii(line));
    assertThat(read(program, line.length())).isEqualTo(ascii(line));
  }

  @Override
  public void close() throws IOException {
    for (Closeable socket : opened) {
      socket.close();
    }
    client.close();
    relay.close();
    gate.close();
    server.close();
    assertThat(gateEvents).noneMatch(GateEvent.Fault.class::isInstance);
  }
}
