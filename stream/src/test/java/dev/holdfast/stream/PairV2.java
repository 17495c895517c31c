package dev.holdfast.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Both ends of a stream of resume v2 and the links between them, with time that tests move. */
final class PairV2 {
  final Chunks chunks = new Chunks(1L << 30);
  final Side client = new Side(true);
  final Side server = new Side(false);
  long now = 1_000_000_000;

  /** A pair whose first link is up. */
  static PairV2 connected() {
    PairV2 pair = new PairV2();
    pair.connect();
    return pair;
  }

  /** Brings up a link in place of a former one, if any. */
  void connect() {
    client.dial();
    server.dial();
    LinkV2.Position ours = client.link().position();
    client.link().peerIsAt(server.link().position(), now);
    server.link().peerIsAt(ours, now);
  }

  /** The connection is lost on both sides. */
  void lose() {
    client.endpoint.detach(client.link());
    server.endpoint.detach(server.link());
  }

  /** Moves bytes until neither side has anything to say, acknowledgements that are late too. */
  void settle() throws ProtocolException {
    for (int round = 0; round < 1000; round++) {
      byte[] up = Wrote.all(client.link(), now);
      byte[] down = Wrote.all(server.link(), now);
      server.receive(up);
      client.receive(down);
      if (up.length == 0 && down.length == 0) {
        if (!client.owesAcknowledgement() && !server.owesAcknowledgement()) {
          return;
        }
        now += LinkV2.ACK_DELAY;
      }
    }
    throw new AssertionError("both sides talk without end");
  }

  /** One end with its application. */
  final class Side {
    final Endpoint endpoint = new Endpoint(chunks, new Window());
    final ByteArrayOutputStream delivered = new ByteArrayOutputStream();

    /** Bytes that the application takes before it stops reading. */
    long appetite = Long.MAX_VALUE;

    private final boolean isClient;
    private LinkV2 link;

    private Side(boolean isClient) {
      this.isClient = isClient;
      this.link = dial();
    }

    /** The link of a new connection, before the peer's position is known. */
    LinkV2 dial() {
      link = new LinkV2(endpoint, chunks, isClient, 1, now);
      return link;
    }

    LinkV2 link() {
      return link;
    }

    private boolean owesAcknowledgement() {
      return link.wakeAt() <= now + LinkV2.ACK_DELAY;
    }

    void write(byte[] bytes) {
      endpoint.write(ByteBuffer.wrap(bytes));
    }

    /** Receives all of {@code bytes}; what they leave over is returned. */
    ByteBuffer receive(byte[] bytes) throws ProtocolException {
      ByteBuffer input = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      for (ByteBuffer data = link.receive(input, now);
          data != null;
          data = link.receive(input, now)) {
        take(data);
        endpoint.keep(data);
      }
      return input;
    }

    private void take(ByteBuffer data) {
      byte[] some = new byte[(int) Math.min(appetite, data.remaining())];
      data.get(some);
      delivered.writeBytes(some);
      appetite -= some.length;
    }

    /** The application reads up to {@code bytes} bytes of those that wait. */
    void read(long bytes) {
      appetite = bytes;
      while (appetite > 0 && endpoint.readable() != null) {
        ByteBuffer data = Objects.requireNonNull(endpoint.readable());
        int had = data.remaining();
        take(data);
        endpoint.consume(had - data.remaining());
      }
    }
  }
}
