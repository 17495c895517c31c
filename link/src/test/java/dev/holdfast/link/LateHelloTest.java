package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients whose first bytes come when the server has already taken them for silent ones. */
@Timeout(120)
final class LateHelloTest {
  private static final String GREETING = "SSH-2.0-Test\r\n";
  private static final String LINE = "SSH-2.0-T\r\n";

  /** Longer than a gate's patience with silence, and shorter than a client's with a server. */
  private static final long LATE = Duration.ofNanos(Detector.SILENCE).toMillis() + 200;

  private final List<GateEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger served = new AtomicInteger();
  private final Gate gate;

  LateHelloTest() throws IOException {
    gate =
        Gate.start(
            GateSettings.of(
                List.of(Rig.loopback(0)),
                new Behind.InProcess((connection, name) -> echo(connection), GREETING)),
            events::add);
  }

  @AfterEach
  void end() {
    gate.close();
  }

  /** Says its line, and then what it hears. */
  private void echo(Duplex connection) {
    served.incrementAndGet();
    try (connection) {
      connection.write(ByteBuffer.wrap(Rig.ascii(GREETING)));
      ByteBuffer some = ByteBuffer.allocate(100);
      while (connection.read(some.clear()) >= 0) {
        connection.write(some.flip());
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private Socket dialled() throws IOException {
    Socket client = new Socket();
    client.connect(address());
    client.setSoTimeout((int) Rig.PATIENCE.toMillis());
    return client;
  }

  private InetSocketAddress address() {
    return (InetSocketAddress) gate.addresses().getFirst();
  }

  @Test
  void aClientThatWaitsHearsTheServersLineOnceAndCostsNoConnectionBeforeItSpeaks()
      throws Exception {
    try (Socket client = dialled()) {
      assertThat(Rig.read(client.getInputStream(), GREETING.length()))
          .isEqualTo(Rig.ascii(GREETING));
      assertThat(served).hasValue(0);
      client.getOutputStream().write(Rig.ascii(LINE));
      assertThat(Rig.read(client.getInputStream(), LINE.length())).isEqualTo(Rig.ascii(LINE));
      assertThat(served).hasValue(1);
    }
    try (Socket prompt = dialled()) {
      prompt.getOutputStream().write(Rig.ascii(LINE));
      assertThat(Rig.read(prompt.getInputStream(), GREETING.length() + LINE.length()))
          .isEqualTo(Rig.ascii(GREETING + LINE));
    }
  }

  @Test
  void aStreamIsOpenedAndTakenUpAgainByHellosThatAreLate() throws Exception {
    List<ClientEvent> told = new CopyOnWriteArrayList<>();
    try (Relay relay = new Relay(address());
        StreamClient client = StreamClient.start(64 << 20, fault -> {})) {
      relay.late = LATE;
      Destination to = new Destination("127.0.0.1", relay.address().getPort());
      Duplex program =
          client
              .connect(
                  new ClientSettings(
                      to, ClientSettings.Resume.V2, Rig.PATIENCE, null, Map.of(), told::add),
                  wait -> Rig.ascii(LINE))
              .duplex();
      assertThat(Rig.read(program, GREETING.length())).isEqualTo(Rig.ascii(GREETING));
      relay.cut();
      Rig.write(program, Rig.ascii("back"));
      assertThat(Rig.read(program, 4)).isEqualTo(Rig.ascii("back"));
    }
    assertThat(told).anyMatch(ClientEvent.Resumed.class::isInstance);
    assertThat(events).noneMatch(GateEvent.Joined.class::isInstance);
    assertThat(served).hasValue(1);
  }
}
