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

  private static final Duration CONNECT_MAX = Duration.ofSeconds(30);

  private final Duplex duplex;

  private StreamPipe(Duplex duplex) {
    this.duplex = duplex;
  }

  /** Returns a dialer whose streams share one client. */
  static Dialer dialer() throws IOException {
    StreamClient client = StreamClient.start(MEMORY_BYTES, Throwable::printStackTrace);
    return to -> new StreamPipe(client.connect(settings(to), wait -> null).duplex());
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
