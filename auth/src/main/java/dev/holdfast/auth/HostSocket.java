package dev.holdfast.auth;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API for whoever has the service's own rights on its machine, at a Unix-domain socket that
 * nobody else can open: it stands in a directory of mode 0700. Thread-safe.
 */
final class HostSocket implements AutoCloseable {
  /** Connections at the same time; more wait. */
  static final int MOST_CONNECTIONS = 64;

  private static final long TURN_MILLIS = 20;

  private static final Logger log = LoggerFactory.getLogger(HostSocket.class);

  private final Path path;
  private final ServerSocketChannel listener;
  private final ApiCalls calls;
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean resting = new AtomicBoolean();

  private HostSocket(Path path, ServerSocketChannel listener, ApiCalls calls) {
    this.path = path;
    this.listener = listener;
    this.calls = calls;
  }

  /**
   * Listens at {@code path}; what is left there of a service that died is removed.
   *
   * @param patience for another process that is about to go
   */
  static HostSocket open(Path path, ApiCalls calls, Duration patience) throws IOException {
    long until = System.nanoTime() + patience.toNanos();
    while (answers(path)) {
      if (System.nanoTime() > until) {
        throw new IOException("Another auth service has %s; end that one first.".formatted(path));
      }
      pause();
    }
    Files.deleteIfExists(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    HostSocket socket = new HostSocket(path, listener, calls);
    Thread.ofVirtual().name("holdfast-admin").start(socket::accept);
    return socket;
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(TURN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void accept() {
    try {
      while (true) {
        free.acquire();
        SocketChannel connection = listener.accept();
        open.add(connection);
        Thread.ofVirtual().name("holdfast-admin-call").start(() -> serve(connection));
      }
    } catch (InterruptedException | IOException e) {
      log.debug("no more administrators are heard");
    }
  }

  private void serve(SocketChannel connection) {
    try (connection;
        ApiSession session =
            new ApiSession(new Caller.Host(), calls, Channels.newOutputStream(connection))) {
      session.serve(Channels.newInputStream(connection));
    } catch (IOException e) {
      log.debug("an administrator has gone");
    } finally {
      open.remove(connection);
      free.release();
    }
  }

  /** Hears nobody new: the place is another process's. Who is there has a minute. */
  void rest() {
    if (resting.getAndSet(true)) {
      return;
    }
    letGo();
    Thread.ofVirtual()
        .name("holdfast-admin-farewell")
        .start(() -> {
          try {
            Thread.sleep(ApiServer.LINGER);
          } catch (InterruptedException e) {
            // Then at once.
          }
          endAll();
        });
  }

  private void letGo() {
    try {
      // The file first: while we listen nobody takes it for stale, so it can't become another's.
      Files.deleteIfExists(path);
      listener.close();
    } catch (IOException e) {
      log.warn("The socket {} is left over: {}", path, e.getMessage());
    }
  }

  /** Administrators who are there. */
  int connections() {
    return open.size();
  }

  @Override
  public void close() {
    if (!resting.getAndSet(true)) {
      letGo();
    }
    endAll();
  }

  private void endAll() {
    try {
      for (SocketChannel one : open) {
        one.close();
      }
    } catch (IOException e) {
      log.debug("an administrator has gone");
    }
  }
}
