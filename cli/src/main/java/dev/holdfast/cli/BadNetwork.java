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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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
  private final CompletableFuture<InetSocketAddress> server = new CompletableFuture<>();
  private final Set<Route> routes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger address = new AtomicInteger(2);

  private BadNetwork(ServerSocket listener) {
    this.listener = listener;
  }

  /** A network that leads nowhere yet; who comes meanwhile waits. */
  static BadNetwork open() throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    BadNetwork network = new BadNetwork(listener);
    Thread.ofVirtual().start(network::accept);
    return network;
  }

  /** It leads to {@code address} from now on. */
  void leadTo(InetSocketAddress address) {
    server.complete(address);
  }

  /** Where clients connect to. */
  int port() {
    return listener.getLocalPort();
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
        case RESTART -> {}
      }
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        begin(listener.accept());
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void begin(Socket client) throws IOException {
    try {
      Route route = new Route(client, connect());
      routes.add(route);
      route.start();
    } catch (IOException | CancellationException e) {
      // The server is gone: the client sees it.
      client.close();
    }
  }

  /** Loopback has sixteen million addresses: the client's is the one that it has moved to. */
  private Socket connect() throws IOException {
    Socket socket = new Socket();
    int host = 2 + Math.floorMod(address.get() - 2, 250);
    socket.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host}), 0));
    socket.connect(server.join());
    return socket;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    server.cancel(false);
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
