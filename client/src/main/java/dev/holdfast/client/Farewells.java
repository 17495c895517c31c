package dev.holdfast.client;

import dev.holdfast.link.StreamClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * What this process leaves at servers that keep it for a client that comes back: when a signal ends
 * the process, they are told that none will. Thread-safe.
 */
final class Farewells {
  /** For all of them together, while a signal ends the process. */
  private static final Duration MOST = Duration.ofSeconds(2);

  private static final Set<StreamClient.Connection> OPEN = ConcurrentHashMap.newKeySet();
  private static final Set<LeftSession> LEFT = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Farewells::sayAll, "farewells"));
  }

  private static volatile boolean begun;

  private Farewells() {}

  /** Is told when a signal ends the process; what nobody keeps needs no telling. */
  static void owe(StreamClient.Connection connection) {
    if (connection.version() > 0) {
      OPEN.add(connection);
    }
  }

  /** Is ended when a signal ends the process, while the stream to it is still there. */
  static void owe(LeftSession session) {
    LEFT.add(session);
  }

  /** Has ended by itself. */
  static void over(LeftSession session) {
    LEFT.remove(session);
  }

  /** What it carried has come to its end: waits a moment for what was written last to get there. */
  static void say(StreamClient.Connection connection) throws InterruptedException {
    try {
      connection.ending().await(MOST.toNanos());
    } finally {
      OPEN.remove(connection);
    }
  }

  /** It is closed without a word. */
  static void drop(StreamClient.Connection connection) {
    connection.duplex().close();
    OPEN.remove(connection);
  }

  /** Does not return while a signal ends the process: what is lost now was closed from here. */
  static void standStill() throws InterruptedException {
    if (begun) {
      new CountDownLatch(1).await();
    }
  }

  private static void sayAll() {
    begun = true;
    LEFT.forEach(LeftSession::end);
    long until = System.nanoTime() + MOST.toNanos();
    OPEN.forEach(connection -> connection.duplex().close());
    try {
      for (StreamClient.Connection connection : OPEN) {
        connection.ending().await(Math.max(0, until - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
