package dev.holdfast.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of the kind that one would rather not have: a relay on loopback that carries bytes and,
 * when told to, breaks what it carries. What is broken stays broken; connections made afterwards
 * are fine. Thread-safe.
 */
final class BadNetwork implements Closeable {
  private static final int BUFFER = 128 * 1024;

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Set<Route> routes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger address = new AtomicInteger(2);

  private BadNetwork(ServerSocket listener, InetSocketAddress server) {
    this.listener = listener;
    this.server = server;
  }

  /** A network that leads to {@code server}. */
  static BadNetwork before(InetSocketAddress server) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BadNetwork network = new BadNetwork(listener, server);
    Thread.ofVirtual().start(network::accept);
    return network;
  }

  /** Where clients connect to. */
  int port() {
    return listener.getLocalPort();
  }

  /** What can happen to a link. */
  enum Fault {
    RESET("link reset"),
    SILENCE("link dead, without a word"),
    FLIP("bit flipped on the way"),
    MOVE("client's address changed");

    private final String words;

    Fault(String words) {
      this.words = words;
    }

    /** What happened, for people. */
    String words() {
      return words;
    }
  }

  /** Lets it happen to every connection there is. */
  void happen(Fault fault) {
    if (fault == Fault.MOVE) {
      address.incrementAndGet();
    }
    for (Route route : routes) {
      switch (fault) {
        case RESET, MOVE -> route.reset();
        case SILENCE -> route.silent = true;
        case FLIP -> route.flip.set(true);
      }
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Route route = new Route(listener.accept(), connect());
        routes.add(route);
        route.start();
      } catch (IOException e) {
        // Closed, or the server is gone: the client sees it.
      }
    }
  }

  /** Loopback has sixteen million addresses: the client's is the one that it has moved to. */
  private Socket connect() throws IOException {
    Socket socket = new Socket();
    int host = 2 + Math.floorMod(address.get() - 2, 250);
    socket.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}), 0));
    socket.connect(server);
    return socket;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    routes.forEach(Route::reset);
  }

  /** One connection through the network. */
  private final class Route {
    private final Socket client;
    private final Socket server;
    private final AtomicBoolean flip = new AtomicBoolean();
    private volatile boolean silent;

    Route(Socket client, Socket server) throws IOException {
      this.client = client;
      this.server = server;
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    }

    void start() {
      Thread.ofPlatform().daemon().name("up").start(() -> carry(client, server));
      Thread.ofPlatform().daemon().name("down").start(() -> carry(server, client));
    }

    private void carry(Socket from, Socket to) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[BUFFER];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
          if (flip.compareAndSet(true, false)) {
            bytes[count / 2] ^= 0x10;
          }
          if (!silent) {
            out.write(bytes, 0, count);
          }
        }
        if (!silent) {
          to.shutdownOutput();
        }
      } catch (IOException e) {
        reset();
      }
    }

    /** Both sides learn of it at once, by RST. */
    void reset() {
      routes.remove(this);
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.setSoLinger(true, 0);
          socket.close();
        } catch (IOException e) {
          // It was closed before.
        }
      }
    }
  }
}
