package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Blocking sockets as streams. */
public final class Sockets {
  private Sockets() {}

  /** A fresh connection to a port. */
  public static Duplex connect(String host, int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.connect(new InetSocketAddress(host, port));
      return of(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e instanceof IOException world ? world : new IOException(host + ": no such host", e);
    }
  }

  /** A fresh connection to a Unix-domain socket. */
  public static Duplex connect(String path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
      return of(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** A connected socket. */
  public static Duplex of(SocketChannel channel) throws IOException {
    if (channel.getRemoteAddress() instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    return new SocketStream(channel);
  }

  private record SocketStream(SocketChannel channel) implements Duplex {
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
      return new InetSocketAddress(0);
    }

    @Override
    public SocketAddress remoteAddress() {
      try {
        SocketAddress address = channel.getRemoteAddress();
        return address == null ? new InetSocketAddress(0) : address;
      } catch (IOException e) {
        return new InetSocketAddress(0);
      }
    }
  }
}
