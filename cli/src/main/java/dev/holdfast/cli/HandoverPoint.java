package dev.holdfast.cli;

import dev.holdfast.link.DescriptorListener;
import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Gate;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Where a running gate waits for the process that will replace it: a socket in a directory of its
 * user, named after the first port it listens at.
 */
final class HandoverPoint {
  private final DescriptorListener listener;

  private HandoverPoint(DescriptorListener listener) {
    this.listener = listener;
  }

  /**
   * The usual directory: the system's for root, the session's for others, below home where there is
   * none.
   */
  static Path directory() {
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
   * Waits at {@code path} in the background.
   *
   * @param problems hears what went wrong with a hand-over; the gate goes on then
   * @param gone counted down when the gate is another process's
   */
  static void open(Path path, Gate gate, Consumer<String> problems, CountDownLatch gone)
      throws IOException {
    HandoverPoint point = new HandoverPoint(DescriptorListener.open(path));
    Thread.ofPlatform().daemon().name("hand-over").start(() -> point.serve(gate, problems, gone));
  }

  private void serve(Gate gate, Consumer<String> problems, CountDownLatch gone) {
    while (gone.getCount() > 0) {
      try (DescriptorSocket successor = listener.accept()) {
        gate.handOver(successor);
        listener.close();
        gone.countDown();
      } catch (IOException e) {
        problems.accept("a hand-over failed, going on: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
