package dev.holdfast.forward;

import dev.holdfast.client.PortForward;
import dev.holdfast.client.Sockets;
import dev.holdfast.client.Socks;
import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A forward whose listener is here: on loopback, for this user's programs, at a port that stays.
 * What it leads to is one address, or what each connection asks for by SOCKS. Thread-safe.
 */
final class LocalForward implements Forward {
  /** Connections at a time; others are closed. */
  static final int MOST_CONNECTIONS = 1024;

  /** A port that somebody else has is tried again this often. */
  static final long RETRY_MILLIS = 3000;

  private static final int BACKLOG = 256;

  private final Server server;
  private final Where where;
  private final Optional<FarAddress> to;
  private final long uid;
  private final Consumer<String> news;
  private final Tally tally = new Tally();
  private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
  private final Set<SocketChannel> accepted = ConcurrentHashMap.newKeySet();
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private String from;
  private @Nullable String conflict;
  private volatile boolean closed;

  /** Where it listens; tries and remembers ports as it must. */
  interface Where {
    /** The ports to try, in order; none for a socket. */
    List<Integer> ports() throws IOException;

    /** That port is had. */
    void chosen(int port) throws IOException;

    /** The socket's path. */
    Optional<Path> socket();

    /** As status shows it before there is a port. */
    String text();
  }

  /**
   * One that does not listen yet.
   *
   * @param to where it leads; nothing for SOCKS
   * @param uid whose programs may connect
   * @param news hears what the person should know
   */
  LocalForward(
      Server server, Where where, Optional<FarAddress> to, long uid, Consumer<String> news) {
    this.server = server;
    this.where = where;
    this.to = to;
    this.uid = uid;
    this.news = news;
    from = where.text();
  }

  /** One port, and no other. */
  static Where at(int port) {
    return new Where() {
      @Override
      public List<Integer> ports() {
        return List.of(port);
      }

      @Override
      public void chosen(int had) {}

      @Override
      public Optional<Path> socket() {
        return Optional.empty();
      }

      @Override
      public String text() {
        return "localhost:" + port;
      }
    };
  }

  /** A Unix-domain socket. */
  static Where at(Path path) {
    return new Where() {
      @Override
      public List<Integer> ports() {
        return List.of();
      }

      @Override
      public void chosen(int had) {}

      @Override
      public Optional<Path> socket() {
        return Optional.of(path);
      }

      @Override
      public String text() {
        return path.toString();
      }
    };
  }

  /** The app's own port, which is remembered in {@code book}. */
  static Where stable(Server server, FarAddress app, PortBook book) {
    return new Where() {
      @Override
      public List<Integer> ports() {
        return PortChoice.candidates(
            server.name(), app, book.find(server.name(), app), book.taken());
      }

      @Override
      public void chosen(int had) throws IOException {
        if (book.find(server.name(), app).isEmpty()) {
          book.put(server.name(), app, had);
        }
      }

      @Override
      public Optional<Path> socket() {
        return Optional.empty();
      }

      @Override
      public String text() {
        return "localhost";
      }
    };
  }

  /** Listens, now or as soon as the port is free. */
  void start() {
    if (!listens()) {
      Thread.ofVirtual().name("forward-retry").start(this::retry);
    }
  }

  private void retry() {
    try {
      do {
        Thread.sleep(RETRY_MILLIS);
      } while (!closed && !listens());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean listens() {
    if (closed) {
      return true;
    }
    boolean wasTold = conflict != null;
    try {
      conflict = where.socket().isPresent() ? bind(where.socket().get()) : bind(where.ports());
    } catch (IOException e) {
      conflict = String.valueOf(e.getMessage());
    }
    if (conflict != null && !wasTold) {
      news.accept(conflict);
    }
    return conflict == null;
  }

  /** What stands in the way; null if nothing does. */
  private @Nullable String bind(List<Integer> ports) throws IOException {
    for (int port : ports) {
      if (bindAll(port)) {
        where.chosen(port);
        from = "localhost:" + port;
        if (port != ports.getFirst()) {
          news.accept(
              "Port %d is taken here, so %s of %s is at %d, from now on."
                  .formatted(ports.getFirst(), words(), server.name(), port));
        }
        return null;
      }
    }
    return "Port %d, which belongs to %s of %s, is used by another program; end that, or remove the"
            .formatted(ports.isEmpty() ? 0 : ports.getFirst(), words(), server.name())
        + " forward.";
  }

  private String words() {
    return to.map(Object::toString).orElse("SOCKS");
  }

  /** Both families, as "localhost" may be either; IPv6 where there is any. */
  private boolean bindAll(int port) {
    try {
      ServerSocketChannel v4 = listener(InetAddress.ofLiteral("127.0.0.1"), port);
      listeners.add(v4);
      try {
        listeners.add(listener(InetAddress.ofLiteral("::1"), port));
      } catch (java.net.BindException e) {
        if (!isAbsent(e)) {
          closeListeners();
          return false;
        }
      }
      List.copyOf(listeners).forEach(this::serve);
      return true;
    } catch (IOException | RuntimeException e) {
      closeListeners();
      return false;
    }
  }

  /** Without IPv6 there is no such address (EADDRNOTAVAIL). */
  private static boolean isAbsent(IOException e) {
    return String.valueOf(e.getMessage()).contains("Cannot assign");
  }

  private static ServerSocketChannel listener(InetAddress address, int port) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return listener.bind(new InetSocketAddress(address, port), BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
  }

  private @Nullable String bind(Path path) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path), BACKLOG);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      listener.close();
      return "%s: %s".formatted(path, e.getMessage());
    }
    listeners.add(listener);
    serve(listener);
    return null;
  }

  private void closeListeners() {
    for (ServerSocketChannel each : listeners) {
      try {
        each.close();
      } catch (IOException e) {
        // It is closed either way.
      }
    }
    listeners.clear();
  }

  // ---- connections ----

  private void serve(ServerSocketChannel listener) {
    Thread.ofVirtual()
        .name("forward-accept")
        .start(() -> {
          try {
            while (true) {
              SocketChannel channel = listener.accept();
              if (room.tryAcquire()) {
                Thread.ofVirtual().name("forward-up").start(() -> lead(channel));
              } else {
                Passage.reset(channel);
              }
            }
          } catch (IOException e) {
            // The listener was closed.
          }
        });
  }

  private void lead(SocketChannel channel) {
    accepted.add(channel);
    try {
      if (closed || !LoopbackPeers.isOf(channel, uid)) {
        Passage.reset(channel);
      } else if (to.isPresent()) {
        leadTo(channel, to.get());
      } else {
        leadBySocks(channel);
      }
    } catch (IOException | RuntimeException e) {
      Passage.reset(channel);
    } finally {
      accepted.remove(channel);
      room.release();
    }
  }

  private void leadTo(SocketChannel channel, FarAddress app) throws IOException {
    if (channel.getLocalAddress() instanceof InetSocketAddress) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    try {
      Passage.carry(channel, server.open(app, Deadline.in(PATIENCE)), tally);
    } catch (FarFailure e) {
      tally.failed(e.trouble().words());
      Passage.refuse(channel, server.name(), app, e.trouble());
    }
  }

  private void leadBySocks(SocketChannel channel) throws IOException {
    Duplex client = Sockets.of(channel);
    Socks asked = Socks.accept(client);
    FarAddress app = new FarAddress.Port(asked.to().host(), asked.to().port());
    FarStream far;
    try {
      far = server.open(app, Deadline.in(PATIENCE));
    } catch (FarFailure e) {
      tally.failed(e.trouble().words());
      asked.answer(false);
      Passage.close(channel);
      return;
    }
    asked.answer(true);
    Passage.carry(channel, far, tally);
  }

  // ---- for who looks ----

  @Override
  public Server server() {
    return server;
  }

  @Override
  public String text() {
    return where.text() + " " + words();
  }

  @Override
  public Optional<FarAddress> app() {
    return to;
  }

  @Override
  public ForwardStatus status(long id) {
    ServerState state = server.state();
    String listening;
    String problem;
    synchronized (this) {
      listening = from;
      problem = conflict;
    }
    return new ForwardStatus(
        id,
        server.name(),
        to.isPresent() ? "local" : "dynamic",
        listening,
        to.map(Object::toString).orElse(""),
        problem == null ? state.phase().word() : "not listening",
        state.roundTrip(),
        tally.connections(),
        tally.sent(),
        tally.received(),
        Optional.ofNullable(problem)
            .or(tally::lastError)
            .or(() -> state.trouble().map(Trouble::words)),
        to.flatMap(server::known).map(App::pooling));
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      closeListeners();
    }
    accepted.forEach(Passage::close);
    where
        .socket()
        .ifPresent(path -> {
          try {
            Files.deleteIfExists(path);
          } catch (IOException e) {
            // Somebody else's by now.
          }
        });
  }

  /** The place of a listener that was asked for; fails where others could reach it. */
  static Where at(PortForward.Listen listen) throws FarFailure {
    return switch (listen) {
      case PortForward.Listen.Socket socket -> at(Path.of(socket.path()));
      case PortForward.Listen.Port port -> {
        String address = port.address().orElse("localhost");
        if (!Set.of("localhost", "127.0.0.1", "::1").contains(address)) {
          throw new FarFailure(
              new Trouble.Misconfigured(
                  "A forward listens on this machine's loopback only, not at '%s'; 'holdfast ssh -L'"
                          .formatted(address)
                      + " listens elsewhere."));
        }
        yield at(port.port());
      }
    };
  }
}
