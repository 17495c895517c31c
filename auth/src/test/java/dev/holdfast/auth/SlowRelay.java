package dev.holdfast.auth;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/** A relay to a port of this machine that lets so many bits a second through, each way. */
final class SlowRelay implements AutoCloseable {
  private static final int PIECE = 4 * 1024;

  private final ServerSocket listener;
  private final int target;
  private final long bitsPerSecond;

  SlowRelay(int target, long bitsPerSecond) throws IOException {
    this.target = target;
    this.bitsPerSecond = bitsPerSecond;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> copy(client, server));
        Thread.ofVirtual().start(() -> copy(server, client));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] piece = new byte[PIECE];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        LockSupport.parkNanos(count * 8L * 1_000_000_000L / bitsPerSecond);
        out.write(piece, 0, count);
      }
    } catch (IOException e) {
      // One of both has gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
