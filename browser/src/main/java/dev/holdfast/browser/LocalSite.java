package dev.holdfast.browser;

import dev.holdfast.forward.LoopbackPeers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The local pages at a port of loopback, for this user's programs alone, under loopback's names
 * alone. Thread-safe.
 */
public final class LocalSite implements AutoCloseable {
  /** Connections at a time. */
  static final int MOST_CONNECTIONS = 256;

  private static final Path PROC = Path.of("/proc");

  private final ServerSocketChannel listener;
  private final Callers callers;
  private final PageServer server;
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);

  private LocalSite(ServerSocketChannel listener, Callers callers, LocalPages pages)
      throws IOException {
    this.listener = listener;
    this.callers = callers;
    int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    Set<String> hosts = Set.of("localhost:" + port, "127.0.0.1:" + port);
    this.server = new PageServer(() -> hosts, pages);
  }

  /**
   * Serves from now on.
   *
   * @param port 0 for any
   * @param servers a server by its name; it may throw {@link java.io.UncheckedIOException}
   * @param clusters that this user is logged in to
   * @param known names of servers
   * @param tell says to the person what to know
   */
  public static LocalSite open(
      int port,
      Function<String, FarSide> servers,
      Forwards forwards,
      Clusters clusters,
      List<String> known,
      Map<String, String> environment,
      Path home,
      Consumer<String> tell)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
    try {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
      LocalPages pages =
          new LocalPages(servers, forwards, new ClusterPages(clusters), known, environment, home);
      LocalSite site = new LocalSite(listener, callers(tell), pages);
      Thread.ofPlatform().daemon().name("local-site").start(site::accept);
      return site;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static Callers callers(Consumer<String> tell) throws IOException {
    if (!LoopbackPeers.isKnown()) {
      tell.accept(
          "On this system other users of this machine can't be told from you: they can open this"
              + " page too.");
      return _ -> true;
    }
    Integer uid = (Integer) Files.getAttribute(PROC.resolve("self"), "unix:uid");
    return LinuxCallers.ofUser(PROC, Integer.toUnsignedLong(uid));
  }

  /** Where it is, without a path. */
  public String url() throws IOException {
    return "http://localhost:" + ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel accepted = listener.accept();
        if (free.tryAcquire()) {
          Thread.ofVirtual().name("local-page").start(() -> serve(accepted));
        } else {
          accepted.close();
        }
      } catch (IOException e) {
        Thread.onSpinWait(); // Out of descriptors, or closed, which ends the loop.
      }
    }
  }

  private void serve(SocketChannel accepted) {
    try (SocketDuplex browser = SocketDuplex.of(accepted)) {
      if (callers.mayUse(accepted)) {
        server.serve(browser);
      }
    } catch (IOException e) {
      // The browser has gone.
    } finally {
      free.release();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
