package dev.holdfast.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server of a test on loopback that does with each connection what it was told. Closing it closes
 * them all.
 */
final class LoopbackServer implements AutoCloseable {
  /** What is done with a connection; when it returns, the connection stays open. */
  interface Session {
    void serve(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
  private final List<Socket> open = new ArrayList<>();

  private LoopbackServer(ServerSocket listener) {
    this.listener = listener;
  }

  /** Listens at {@code address}, at a port of the system's choice if {@code port} is 0. */
  static LoopbackServer start(String address, int port, Session session) throws IOException {
    LoopbackServer server = new LoopbackServer(new ServerSocket());
    server.listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 50);
    Thread.ofVirtual().start(() -> server.run(session));
    return server;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The next connection, when it is there. */
  Socket accepted() throws InterruptedException {
    Socket socket = accepted.poll(10, TimeUnit.SECONDS);
    if (socket == null) {
      throw new AssertionError("nobody connected");
    }
    return socket;
  }

  private void run(Session session) {
    try {
      while (true) {
        Socket socket = listener.accept();
        synchronized (open) {
          open.add(socket);
        }
        accepted.add(socket);
        Thread.ofVirtual().start(() -> serve(session, socket));
      }
    } catch (IOException _) {
      // The listener was closed.
    }
  }

  private static void serve(Session session, Socket socket) {
    try {
      session.serve(socket);
    } catch (IOException _) {
      // The connection was closed, by this test or by what it tests.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (open) {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
