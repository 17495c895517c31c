package dev.holdfast.browser;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/** Tells whose an accepted connection is; an edge. Thread-safe. */
interface Callers {
  /** Whether whoever is at the other end of this connection may use it. */
  boolean mayUse(SocketChannel accepted) throws IOException;

  /** Both ends of a connection over loopback. */
  record Ends(InetSocketAddress here, InetSocketAddress there) {
    static Ends of(SocketChannel accepted) throws IOException {
      return new Ends(
          (InetSocketAddress) accepted.getLocalAddress(),
          (InetSocketAddress) accepted.getRemoteAddress());
    }
  }
}
