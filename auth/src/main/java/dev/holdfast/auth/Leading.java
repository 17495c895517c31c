package dev.holdfast.auth;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of all processes of an auth service on one machine only that does which has the port: it
 * hears administrators at the socket, and looks after leases, recordings and sessions. It begins,
 * and ends, and may begin again. Thread-safe.
 */
final class Leading implements AutoCloseable {
  private final List<Supplier<Runnable>> duties;
  private final Sockets sockets;
  private final List<Runnable> ends = new ArrayList<>();
  private @Nullable HostSocket socket;

  /**
   * That does nothing yet.
   *
   * @param duties each begins something, and gives what ends it
   */
  Leading(List<Supplier<Runnable>> duties, Sockets sockets) {
    this.duties = List.copyOf(duties);
    this.sockets = sockets;
  }

  /** Opens the socket. */
  @FunctionalInterface
  interface Sockets {
    /** Waits for so long until nobody else has it. */
    HostSocket open(Duration patience) throws IOException;
  }

  /**
   * Begins.
   *
   * @param patience for the process that did it before
   */
  synchronized void begin(Duration patience) throws IOException {
    HostSocket former = socket;
    socket = sockets.open(patience);
    if (former != null) {
      former.close();
    }
    duties.forEach(each -> ends.add(each.get()));
  }

  /** Ends; administrators who are there finish what they do. */
  synchronized void end() {
    if (socket != null) {
      socket.rest();
    }
    ends.forEach(Runnable::run);
    ends.clear();
  }

  /** Whether no administrator is there. */
  synchronized boolean isEmpty() {
    return socket == null || socket.connections() == 0;
  }

  @Override
  public synchronized void close() {
    end();
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
