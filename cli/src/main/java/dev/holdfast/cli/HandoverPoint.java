package dev.holdfast.cli;

import dev.holdfast.link.DescriptorListener;
import dev.holdfast.link.DescriptorSocket;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where a running service waits for the process that will replace it: a socket in a directory of
 * its user; a gate's is named after the gate, or the first port it listens at.
 */
final class HandoverPoint implements Closeable {
  private final DescriptorListener listener;
  private volatile boolean over;

  private HandoverPoint(DescriptorListener listener) {
    this.listener = listener;
  }

  /** Where the gate of these options waits. */
  static Path path(GateOptions options, List<ServerSocketChannel> inherited) throws IOException {
    Path directory = options.stateDirectory == null ? directory() : options.stateDirectory;
    String name = options.name == null ? port(options, inherited) : options.name;
    return directory.resolve("gate-" + name.replaceAll("[^A-Za-z0-9._-]", "_") + ".sock");
  }

  /** Where the process of a service waits that listens there: by its first port. */
  static Path path(Path directory, String service, List<InetSocketAddress> listen) {
    int port = listen.isEmpty() ? 0 : listen.getFirst().getPort();
    return directory.resolve("%s-%d.sock".formatted(service, port));
  }

  private static String port(GateOptions options, List<ServerSocketChannel> inherited)
      throws IOException {
    InetSocketAddress first =
        options.listen.isEmpty()
            ? (InetSocketAddress) inherited.getFirst().getLocalAddress()
            : options.listen.getFirst();
    return Integer.toString(first.getPort());
  }

  /**
   * The usual directory: the system's for root, the session's for others, below home where there is
   * none.
   */
  private static Path directory() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/run/holdfast");
    }
    String session = System.getenv("XDG_RUNTIME_DIR");
    return session == null || session.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "holdfast")
        : Path.of(session, "holdfast");
  }

  /** The running gate at {@code path}, if there is one. */
  static Optional<DescriptorSocket> connect(Path path) throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      return Optional.of(DescriptorSocket.connect(path));
    } catch (ConnectException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Waits at {@code path} in the background. A process that has just handed over to this one may
   * still be there: it is waited for.
   *
   * @param problems hears what went wrong with a hand-over; the service goes on then
   */
  static HandoverPoint open(Path path, Handover handover, Consumer<String> problems)
      throws IOException {
    HandoverPoint point =
        new HandoverPoint(Patiently.bind(true, () -> DescriptorListener.open(path)));
    Thread.ofPlatform().daemon().name("hand-over").start(() -> point.serve(handover, problems));
    return point;
  }

  /** What is done for a process that wants to take over. */
  interface Handover {
    /**
     * Hands over to {@code successor}, and closes {@code point} if that is done. The connection is
     * closed on return.
     */
    void to(HandoverPoint point, DescriptorSocket successor)
        throws IOException, InterruptedException;
  }

  private void serve(Handover handover, Consumer<String> problems) {
    while (!over) {
      try (DescriptorSocket successor = listener.accept()) {
        handover.to(this, successor);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        problems.accept("a hand-over failed, going on: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Nobody can take the gate over any more. */
  @Override
  public void close() {
    over = true;
    try {
      listener.close();
    } catch (IOException e) {
      // The file stays behind; the next gate replaces it.
    }
  }
}
