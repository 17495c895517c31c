package dev.holdfast.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * How a gate is to work.
 *
 * @param listen addresses to accept clients at
 * @param target the server behind
 * @param preamble what to say to the server before the client's bytes
 * @param v1 whether clients of resume v1 are served too
 * @param patience how long a stream without a link is kept whose client has logged in
 * @param strangerPatience how long one is kept whose client has hardly said anything
 * @param memory bytes for all streams together before reading pauses and the oldest detached ones
 *     go
 * @param mostStreams streams kept at most
 * @param mostArrivals clients of which nothing is known yet; beyond that the oldest goes
 * @param backlog connections waiting in the kernel
 * @param loops threads that move bytes
 */
public record GateSettings(
    List<InetSocketAddress> listen,
    Destination target,
    Preamble preamble,
    boolean v1,
    Duration patience,
    Duration strangerPatience,
    long memory,
    int mostStreams,
    int mostArrivals,
    int backlog,
    int loops) {

  /** What to say to the server on a new connection before the client's bytes. */
  public interface Preamble {
    /** Nothing. */
    Preamble NONE = (server, client, at) -> {};

    /** The header of the PROXY protocol, version 1 or 2: where the client really is. */
    static Preamble proxyProtocol(int version) {
      ProxyProtocol.Version how =
          switch (version) {
            case 1 -> ProxyProtocol.Version.V1;
            case 2 -> ProxyProtocol.Version.V2;
            default -> throw new IllegalArgumentException("PROXY protocol " + version);
          };
      return (server, client, at) -> {
        ByteBuffer header = ByteBuffer.wrap(header(how, client, at));
        while (header.hasRemaining()) {
          server.write(header);
        }
      };
    }

    private static byte[] header(
        ProxyProtocol.Version how, SocketAddress client, SocketAddress at) {
      return client instanceof InetSocketAddress source
              && at instanceof InetSocketAddress destination
              && source.getPort() > 0
          ? how.encode(source, destination)
          : how.encodeLocal();
    }

    /**
     * Writes it to the blocking channel {@code server}, for a client at {@code client} that
     * connected to {@code at}.
     */
    void accept(SocketChannel server, SocketAddress client, SocketAddress at) throws IOException;
  }

  /** The usual settings. */
  public static GateSettings of(List<InetSocketAddress> listen, Destination target) {
    int loops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
    return new GateSettings(
        listen,
        target,
        Preamble.NONE,
        true,
        Duration.ofHours(24),
        Duration.ofMinutes(1),
        Runtime.getRuntime().maxMemory(),
        100_000,
        10_000,
        4096,
        loops);
  }

  /** These settings with another patience for clients that have logged in. */
  public GateSettings withPatience(Duration other) {
    return new GateSettings(
        listen,
        target,
        preamble,
        v1,
        other,
        strangerPatience,
        memory,
        mostStreams,
        mostArrivals,
        backlog,
        loops);
  }
}
