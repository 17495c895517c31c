package dev.holdfast.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** The addresses of a connection, for logs and headers: 0.0.0.0:0 where it is closed. */
final class Addresses {
  private static final SocketAddress NOWHERE = new InetSocketAddress(0);

  /** Where clients are of whom a believed relay brought the connection. */
  private static final Map<SocketChannel, SocketAddress> TOLD =
      Collections.synchronizedMap(new WeakHashMap<>());

  private Addresses() {}

  /** {@code channel} is a relay's, which says that its client is at {@code client}. */
  static void tell(SocketChannel channel, SocketAddress client) {
    TOLD.put(channel, client);
  }

  /** The peer's address, or what a believed relay says that it is. */
  static SocketAddress remote(SocketChannel channel) {
    SocketAddress told = TOLD.get(channel);
    if (told != null) {
      return told;
    }
    try {
      SocketAddress address = channel.getRemoteAddress();
      return address == null ? NOWHERE : address;
    } catch (IOException e) {
      return NOWHERE;
    }
  }

  /** Our own address. */
  static SocketAddress local(SocketChannel channel) {
    try {
      SocketAddress address = channel.getLocalAddress();
      return address == null ? NOWHERE : address;
    } catch (IOException e) {
      return NOWHERE;
    }
  }
}
