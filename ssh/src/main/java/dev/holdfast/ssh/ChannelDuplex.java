package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A blocking socket as a {@link Duplex}. */
final class ChannelDuplex implements Duplex {
  private static final SocketAddress NOWHERE = new InetSocketAddress(0);

  private final SocketChannel channel;

  ChannelDuplex(SocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
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
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  @Override
  public SocketAddress localAddress() {
    try {
      SocketAddress address = channel.getLocalAddress();
      return address == null ? NOWHERE : address;
    } catch (IOException e) {
      return NOWHERE;
    }
  }

  @Override
  public SocketAddress remoteAddress() {
    try {
      SocketAddress address = channel.getRemoteAddress();
      return address == null ? NOWHERE : address;
    } catch (IOException e) {
      return NOWHERE;
    }
  }
}
