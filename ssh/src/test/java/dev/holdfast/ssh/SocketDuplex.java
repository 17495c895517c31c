package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A TCP connection as a stream: it survives nothing, but real programs are at its other end. */
public final class SocketDuplex implements Duplex {
  private final SocketChannel socket;
  private final SocketAddress local;
  private final SocketAddress remote;

  SocketDuplex(SocketChannel socket) throws IOException {
    this.socket = socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    local = socket.getLocalAddress();
    remote = socket.getRemoteAddress();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return socket.read(target);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      socket.write(source);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public SocketAddress localAddress() {
    return local;
  }

  @Override
  public SocketAddress remoteAddress() {
    return remote;
  }
}
