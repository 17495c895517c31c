package dev.holdfast.forward;

import java.io.IOException;
import java.net.BindException;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens at a place of this machine, on loopback or a socket of the user's own, now or as soon as
 * it can be had; what stands in the way is told once. Thread-safe.
 */
final class LocalListener implements AutoCloseable {
  /** A port that somebody else has is tried again this often. */
  static final long RETRY_MILLIS = 3000;

  private static final int BACKLOG = 256;

  private final ListenPlace place;
  private final String what;
  private final Consumer<String> news;
  private final Consumer<SocketChannel> accepted;
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private String from;
  private @Nullable String conflict;
  private volatile boolean closed;

  /**
   * One that does not listen yet.
   *
   * @param what it is for, in words
   * @param news hears what the person should know
   * @param accepted gets each connection, on a thread of its own
   */
  LocalListener(
      ListenPlace place, String what, Consumer<String> news, Consumer<SocketChannel> accepted) {
    this.place = place;
    this.what = what;
    this.news = news;
    this.accepted = accepted;
    from = place.text();
  }

  /** Listens, now or as soon as the port is free. */
  void start() {
    if (!listens()) {
      Thread.ofVirtual().name("forward-retry").start(this::retry);
    }
  }

  /** Where it listens, or will. */
  synchronized String from() {
    return from;
  }

  /** What stands in the way. */
  synchronized Optional<String> conflict() {
    return Optional.ofNullable(conflict);
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
      conflict = bind();
    } catch (IOException e) {
      conflict = String.valueOf(e.getMessage());
    }
    if (conflict != null && !wasTold) {
      news.accept(conflict);
    }
    return conflict == null;
  }

  /** What stands in the way; null if nothing does. */
  private @Nullable String bind() throws IOException {
    return switch (place) {
      case ListenPlace.Socket socket -> bind(socket.path());
      case ListenPlace.Port port -> had(port.port()) ? null : taken(port.port());
      case ListenPlace.Stable stable -> bind(stable);
    };
  }

  private @Nullable String bind(ListenPlace.Stable stable) throws IOException {
    List<Integer> ports = stable.candidates();
    for (int port : ports) {
      if (had(port)) {
        stable.chosen(port);
        if (port != ports.getFirst()) {
          news.accept(
              "Port %d is taken here, so %s is at %d, from now on."
                  .formatted(ports.getFirst(), what, port));
        }
        return null;
      }
    }
    return taken(ports.isEmpty() ? 0 : ports.getFirst());
  }

  private String taken(int port) {
    return "Port %d, which belongs to %s, is used by another program; end that, or remove the"
            .formatted(port, what)
        + " forward.";
  }

  private boolean had(int port) {
    if (!bindAll(port)) {
      return false;
    }
    from = "localhost:" + port;
    return true;
  }

  /** Both families, as "localhost" may be either; IPv6 where there is any. */
  private boolean bindAll(int port) {
    try {
      listeners.add(listener(InetAddress.ofLiteral("127.0.0.1"), port));
      try {
        listeners.add(listener(InetAddress.ofLiteral("::1"), port));
      } catch (BindException e) {
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

  private void serve(ServerSocketChannel listener) {
    Thread.ofVirtual()
        .name("forward-accept")
        .start(() -> {
          try {
            while (true) {
              SocketChannel channel = listener.accept();
              Thread.ofVirtual().name("forward-up").start(() -> accepted.accept(channel));
            }
          } catch (IOException e) {
            // The listener was closed.
          }
        });
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

  /** Listens no more; what is connected goes on. */
  @Override
  public void close() {
    closed = true;
    boolean listened;
    synchronized (this) {
      listened = !listeners.isEmpty();
      closeListeners();
    }
    if (listened && place instanceof ListenPlace.Socket socket) {
      try {
        Files.deleteIfExists(socket.path());
      } catch (IOException e) {
        // Somebody else's by now.
      }
    }
  }
}
