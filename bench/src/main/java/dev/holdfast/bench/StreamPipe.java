package dev.holdfast.bench;

import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.StreamClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/** A pipe over a stream of the client library. */
final class StreamPipe implements Pipe {
  /** What {@code holdfast connect} allows itself. */
  private static final long MEMORY_BYTES = 192L << 20;

  /** A client takes 1024, all of which want to know when the network changes. */
  private static final int STREAMS_EACH = 1_000;

  private static final Duration CONNECT_MAX = Duration.ofSeconds(30);

  private final Duplex duplex;

  private StreamPipe(Duplex duplex) {
    this.duplex = duplex;
  }

  /** Returns a dialer whose streams share a client, up to as many as one client takes. */
  static Dialer dialer() throws IOException {
    var shared = new Shared();
    return to -> new StreamPipe(shared.next().connect(settings(to), wait -> null).duplex());
  }

  /** Clients, each for {@link #STREAMS_EACH} streams. */
  private static final class Shared {
    private StreamClient client = start();
    private int streams;

    private Shared() throws IOException {}

    synchronized StreamClient next() throws IOException {
      if (streams == STREAMS_EACH) {
        client = start();
        streams = 0;
      }
      streams++;
      return client;
    }

    private static StreamClient start() throws IOException {
      return StreamClient.start(MEMORY_BYTES, Throwable::printStackTrace);
    }
  }

  private static ClientSettings settings(InetSocketAddress to) {
    return new ClientSettings(
        new Destination(to.getAddress().getHostAddress(), to.getPort()),
        ClientSettings.Resume.V2,
        CONNECT_MAX,
        null,
        Map.of(),
        event -> {});
  }

  @Override
  public ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return duplex.read(into);
  }

  @Override
  public void write(ByteBuffer from) throws IOException {
    duplex.write(from);
  }

  @Override
  public void close() {
    duplex.close();
  }
}
