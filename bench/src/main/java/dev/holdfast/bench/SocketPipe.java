package dev.holdfast.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A pipe over a plain blocking socket: the fastest one Java has, with direct buffers. */
final class SocketPipe implements Pipe {
  private final SocketChannel channel;

  /** Wraps a connected, blocking channel and switches Nagle's algorithm off. */
  SocketPipe(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  static SocketPipe open(InetSocketAddress to) throws IOException {
    return new SocketPipe(SocketChannel.open(to));
  }

  @Override
  public ByteBuffer buffer(int capacity) {
    return ByteBuffer.allocateDirect(capacity);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return channel.read(into);
  }

  @Override
  public void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      channel.write(from);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
