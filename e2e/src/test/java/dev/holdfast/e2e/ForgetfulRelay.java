package dev.holdfast.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A relay on loopback that forgets connections as a NAT box does: one over which nothing went for
 * longer than its patience swallows everything from then on, and tells nobody. Thread-safe.
 */
final class ForgetfulRelay implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress to;
  private final long patienceNanos;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  ForgetfulRelay(InetSocketAddress to, Duration patience) {
    this.to = to;
    patienceNanos = patience.toNanos();
    try {
      listener = new ServerSocket(0, 64, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("nat-accept").start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(to.getAddress(), to.getPort());
        sockets.addAll(List.of(client, server));
        AtomicLong last = new AtomicLong(System.nanoTime());
        Thread.ofVirtual().start(() -> carry(client, server, last));
        Thread.ofVirtual().start(() -> carry(server, client, last));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void carry(Socket from, Socket into, AtomicLong last) {
    byte[] bytes = new byte[1 << 16];
    try (InputStream in = from.getInputStream();
        OutputStream out = into.getOutputStream()) {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        long now = System.nanoTime();
        if (now - last.get() < patienceNanos) {
          last.set(now);
          out.write(bytes, 0, count);
        } else {
          last.set(now - Long.MAX_VALUE / 2);
        }
      }
    } catch (IOException e) {
      // The other way was closed.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
