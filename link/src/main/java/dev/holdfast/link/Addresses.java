package dev.holdfast.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/** The addresses of a connection, for logs and headers: 0.0.0.0:0 where it is closed. */
final class Addresses {
  private static final SocketAddress NOWHERE = new InetSocketAddress(0);

  private Addresses() {}

  /** The peer's address. */
  static SocketAddress remote(SocketChannel channel) {
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
