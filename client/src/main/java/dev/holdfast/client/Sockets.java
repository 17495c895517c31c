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
import java.util.concurrent.atomic.AtomicBoolean;

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

  /**
   * A fresh connection to a place.
   *
   * @param closed run once when it is closed
   */
  static Duplex connect(PortForward.Place place, Runnable closed) throws IOException {
    SocketStream plain =
        (SocketStream)
            switch (place) {
              case PortForward.Place.Port port -> connect(port.host(), port.port());
              case PortForward.Place.Socket socket -> connect(socket.path());
            };
    return new SocketStream(plain.channel, closed, new AtomicBoolean());
  }

  /** A connected socket. */
  public static Duplex of(SocketChannel channel) throws IOException {
    return of(channel, () -> {});
  }

  /**
   * The same.
   *
   * @param closed run once when it is closed
   */
  static Duplex of(SocketChannel channel, Runnable closed) throws IOException {
    if (channel.getRemoteAddress() instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    return new SocketStream(channel, closed, new AtomicBoolean());
  }

  private record SocketStream(SocketChannel channel, Runnable closed, AtomicBoolean isClosed)
      implements Duplex {
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
      if (isClosed.compareAndSet(false, true)) {
        closed.run();
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
