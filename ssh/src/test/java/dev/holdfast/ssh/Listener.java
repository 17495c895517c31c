package dev.holdfast.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A TCP port of loopback whose connections go to whatever the test does with a stream. */
final class Listener implements AutoCloseable {
  private final ServerSocketChannel socket;
  private final ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();

  /** What becomes of an accepted connection. */
  interface Handler {
    void handle(SocketDuplex stream) throws IOException;
  }

  Listener(Handler handler) throws IOException {
    socket =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.startVirtualThread(() -> acceptAll(handler));
  }

  int port() {
    return socket.socket().getLocalPort();
  }

  private void acceptAll(Handler handler) {
    try {
      while (true) {
        handler.handle(new SocketDuplex(socket.accept()));
      }
    } catch (IOException e) {
      if (socket.isOpen()) {
        failures.add(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
  }
}
