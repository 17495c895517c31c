package dev.holdfast.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of a client's stream through proxies to a node that it can't dial: what is said on each
 * new connection before the stream's own hello, and heard before the answer to that. Used by one
 * stream.
 */
public interface Passage {
  /** The proxies, any of which will do; at least one. */
  List<Destination> proxies();

  /**
   * Speaks with a proxy until the stream's first hello may be said.
   *
   * @param channel blocking, at its very beginning
   */
  void enter(SocketChannel channel, Duration within) throws IOException;

  /**
   * What to say before a hello.
   *
   * @param hello all of it
   * @param opens whether it is the stream's first, on the connection that was entered
   */
  byte[] before(byte[] hello, boolean opens);

  /** Listens to what one proxy says to one hello. */
  Hearing hearing();

  /** For one connection. */
  interface Hearing {
    /**
     * Consumes the proxy's word.
     *
     * @return null while bytes are missing; nothing is consumed then
     * @throws IOException it is none
     */
    @Nullable Word hear(ByteBuffer input) throws IOException;
  }

  /** A proxy's word. */
  sealed interface Word {
    /** The node's bytes follow. */
    record Welcome() implements Word {}

    /** Not now, or not here. */
    record Later(String text) implements Word {}

    /** Never. */
    record Never(String text) implements Word {}
  }
}
