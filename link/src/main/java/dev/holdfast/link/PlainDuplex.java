package dev.holdfast.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A connection to a server that knows no resumption: what it received before we knew comes first.
 */
final class PlainDuplex implements Duplex {
  private final SocketChannel channel;
  private final ByteBuffer received;

  /**
   * Over a blocking channel.
   *
   * @param received bytes already read
   */
  PlainDuplex(SocketChannel channel, ByteBuffer received) {
    this.channel = channel;
    this.received = received;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (received.hasRemaining()) {
      int bytes = Math.min(received.remaining(), target.remaining());
      target.put(received.slice(received.position(), bytes));
      received.position(received.position() + bytes);
      return bytes;
    }
    return channel.read(target);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      channel.write(source);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    Loop.closeQuietly(channel);
  }

  @Override
  public SocketAddress localAddress() {
    try {
      return orNowhere(channel.getLocalAddress());
    } catch (IOException e) {
      return orNowhere(null);
    }
  }

  @Override
  public SocketAddress remoteAddress() {
    try {
      return orNowhere(channel.getRemoteAddress());
    } catch (IOException e) {
      return orNowhere(null);
    }
  }

  private static SocketAddress orNowhere(@org.jspecify.annotations.Nullable SocketAddress address) {
    return address == null ? new InetSocketAddress(0) : address;
  }
}
