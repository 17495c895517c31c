package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Plays one side of a recorded scenario against the bytes of the other side, in the recorded order,
 * writing what the recorded application wrote when it did.
 */
final class ReplayV1 {
  /** Which side is ours. */
  enum Role {
    CLIENT("c>s"),
    SERVER("s>c");

    final String dir;

    Role(String dir) {
      this.dir = dir;
    }
  }

  private final VectorsV1.Scenario scenario;
  private final Role role;
  private final boolean pipelines;
  private final byte[] application;
  private final Chunks chunks = new Chunks(1 << 24);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private Endpoint endpoint = new Endpoint(chunks, new Window());
  private ClientOpeningV1.@Nullable Session session;
  private @Nullable TokenV1 known;
  private long now;

  // One connection at a time.
  private @Nullable Link link;
  private ByteArrayOutputStream said = new ByteArrayOutputStream();
  private ByteBuffer heard = ByteBuffer.allocate(0);
  private @Nullable AnswerV1 refusal;
  private boolean opened;
  private boolean closing;

  /**
   * A replay.
   *
   * @param application everything that our side's application writes
   */
  ReplayV1(VectorsV1.Scenario scenario, Role role, boolean pipelines, byte[] application) {
    this.scenario = scenario;
    this.role = role;
    this.pipelines = pipelines;
    this.application = application;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  byte[] received() {
    return received.toByteArray();
  }

  Chunks chunks() {
    return chunks;
  }

  @Nullable AnswerV1 refusal() {
    return refusal;
  }

  /** The server lost the stream. */
  void forget() {
    known = null;
  }

  /** Our side believes to have received a byte that was never sent. */
  void tamper() {
    endpoint.accept(ByteBuffer.wrap(new byte[1]));
    endpoint.keep(ByteBuffer.allocate(0));
  }

  /** Plays connection {@code index} and returns everything our side said on it. */
  byte[] play(int index) throws ProtocolException {
    VectorsV1.Connection connection = scenario.connections().get(index);
    said = new ByteArrayOutputStream();
    heard = ByteBuffer.allocate(0);
    link = null;
    opened = false;
    Opening opening = role == Role.CLIENT ? new Client(connection) : new Server(connection, index);
    opening.begin();
    closing = false;
    for (VectorsV1.Event event : connection.oneOrderOfEvents()) {
      if (event.dir() == null) {
        happened(Objects.requireNonNull(event.event()));
      } else if (event.dir().equals(role.dir)) {
        say(connection, event);
      } else {
        hear(opening, bytes(connection, event));
      }
    }
    return said.toByteArray();
  }

  // ---- events ----

  private void happened(String event) {
    String us = role == Role.CLIENT ? "client" : "server";
    if (event.contains(us + " application") && event.contains("closes")) {
      closing = true;
    } else if (event.contains("LINK CUT")) {
      lose();
    } else if (event.endsWith("closes the transport") && !event.startsWith(us)) {
      if (link != null) {
        link.connectionEnded();
      }
      lose();
    }
  }

  private void lose() {
    if (link != null) {
      endpoint.detach(link);
    }
    link = null;
  }

  /** Makes our side say what the recorded one said in this event, as far as it decides that. */
  private void say(VectorsV1.Connection connection, VectorsV1.Event event) {
    long base = peerPosition(connection);
    for (VectorsV1.Field field : fields(connection, role)) {
      boolean isIn =
          field.offset() >= event.offset() && field.offset() < event.offset() + event.length();
      if (!isIn) {
        continue;
      }
      if (field.isFrame() && field.dataLength() == 0) {
        now += LinkV1.ACK_DELAY;
      } else if (field.isFrame()) {
        write(base + dataBefore(connection, field) + field.dataLength());
      } else if (field.field().startsWith("incomplete")) {
        write(base + dataBefore(connection, field) + announced(connection, field));
      } else if (field.field().startsWith("error tag") && closing) {
        endpoint.finish();
      }
      transmit();
    }
    transmit();
  }

  /** Where the other side said it was when this connection began. */
  private long peerPosition(VectorsV1.Connection connection) {
    return fields(connection, role == Role.CLIENT ? Role.SERVER : Role.CLIENT).stream()
        .filter(it -> it.field().endsWith("receive position"))
        .mapToLong(VectorsV1.Field::value)
        .findFirst()
        .orElse(0);
  }

  private long dataBefore(VectorsV1.Connection connection, VectorsV1.Field until) {
    return fields(connection, role).stream()
        .filter(it -> it.offset() < until.offset())
        .mapToLong(VectorsV1.Field::dataLength)
        .sum();
  }

  /** The length in a header whose frame was never finished, behind an acknowledgement of none. */
  private long announced(VectorsV1.Connection connection, VectorsV1.Field field) {
    ByteBuffer stream = ByteBuffer.wrap(stream(connection));
    assertThat(stream.get(field.offset())).isZero();
    try {
      int length = Varint.length(stream, field.offset() + 1);
      return Varint.value(stream, field.offset() + 1, length);
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  private void write(long upTo) {
    int from = (int) endpoint.writtenBytes();
    if (upTo > from && endpoint.end().isEmpty()) {
      endpoint.write(ByteBuffer.wrap(application, from, (int) upTo - from));
    }
  }

  private void transmit() {
    if (link != null) {
      said.writeBytes(Wrote.all(link, now));
    }
  }

  private void hear(Opening opening, byte[] bytes) throws ProtocolException {
    heard = ByteBuffer.allocate(heard.remaining() + bytes.length).put(heard).put(bytes).flip();
    if (!opened) {
      opening.read();
    }
    Link carrier = link;
    if (opened && carrier != null) {
      for (ByteBuffer data; (data = carrier.receive(heard, now)) != null; ) {
        byte[] some = new byte[data.remaining()];
        data.get(some);
        received.writeBytes(some);
        endpoint.keep(data);
      }
    }
  }

  // ---- recorded bytes ----

  private static List<VectorsV1.Field> fields(VectorsV1.Connection connection, Role role) {
    return role == Role.CLIENT
        ? connection.clientToServerFields()
        : connection.serverToClientFields();
  }

  private byte[] stream(VectorsV1.Connection connection) {
    return VectorsV1.hex(
        role == Role.CLIENT
            ? connection.clientToServerStream()
            : connection.serverToClientStream());
  }

  private byte[] bytes(VectorsV1.Connection connection, VectorsV1.Event event) {
    byte[] whole =
        event.hex() != null
            ? VectorsV1.hex(event.hex())
            : Arrays.copyOfRange(
                LargeWriteV1.clientStream(connection),
                event.offset(),
                event.offset() + event.length());
    return Arrays.copyOf(whole, whole.length - event.lastBytesNotDelivered());
  }

  // ---- openings ----

  private interface Opening {
    void begin();

    void read() throws ProtocolException;
  }

  private final class Client implements Opening {
    private final ClientOpeningV1 opening;

    Client(VectorsV1.Connection connection) {
      KeyExchangeV1 key = Objects.requireNonNull(connection.ecdh()).client();
      opening = session == null ? ClientOpeningV1.fresh(key) : ClientOpeningV1.resume(key, session);
    }

    @Override
    public void begin() {
      said.writeBytes(opening.firstFlight());
    }

    @Override
    public void read() throws ProtocolException {
      while (!opened && refusal == null) {
        switch (opening.read(heard)) {
          case ClientOpeningV1.Step.More() -> {
            return;
          }
          case ClientOpeningV1.Step.Plain() -> throw new AssertionError("taken for plain");
          case ClientOpeningV1.Step.Opened(ClientOpeningV1.Session found, byte[] reply) -> {
            session = found;
            link = LinkV1.first(endpoint, chunks, 1, reply, now);
            opened = true;
          }
          case ClientOpeningV1.Step.Proving(byte[] reply) -> {
            if (pipelines) {
              link = LinkV1.resumed(endpoint, chunks, 1, reply, now);
              transmit();
            } else {
              said.writeBytes(reply);
            }
          }
          case ClientOpeningV1.Step.Accepted() -> {
            link = link == null ? LinkV1.resumed(endpoint, chunks, 1, new byte[0], now) : link;
            opened = true;
          }
          case ClientOpeningV1.Step.Refused(AnswerV1 why) -> refusal = why;
        }
      }
    }
  }

  private final class Server implements Opening {
    private final ServerOpeningV1 opening;
    private final boolean isKnownAddress;

    Server(VectorsV1.Connection connection, int index) {
      opening = new ServerOpeningV1(Objects.requireNonNull(connection.ecdh()).server());
      String first = scenario.connections().getFirst().clientIp();
      isKnownAddress = index == 0 || connection.clientIp().equals(first);
    }

    @Override
    public void begin() {
      said.writeBytes(opening.line(scenario.hostId()).encoded());
    }

    @Override
    public void read() throws ProtocolException {
      switch (opening.read(heard)) {
        case ServerOpeningV1.Step.More() -> {}
        case ServerOpeningV1.Step.Plain() -> throw new AssertionError("taken for plain");
        case ServerOpeningV1.Step.Fresh(TokenV1 token) -> {
          known = token;
          link = LinkV1.first(endpoint, chunks, 1, new byte[0], now);
          opened = true;
        }
        case ServerOpeningV1.Step.Resume(TokenV1 token) -> {
          AnswerV1 answer =
              known == null || !token.equals(known)
                  ? AnswerV1.NOT_FOUND
                  : isKnownAddress ? AnswerV1.ACCEPTED : AnswerV1.BAD_ADDRESS;
          if (answer == AnswerV1.ACCEPTED) {
            link = LinkV1.resumed(endpoint, chunks, 1, answer.encoded(), now);
            opened = true;
          } else {
            refusal = answer;
            said.writeBytes(answer.encoded());
          }
        }
      }
    }
  }
}
