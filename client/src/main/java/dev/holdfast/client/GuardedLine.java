package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import java.util.concurrent.CompletableFuture;

/** A connection as a {@link LinkGuard} sees it. Thread-safe. */
interface GuardedLine {
  /** Asks the server; done when it answers, failed when the connection ends. */
  CompletableFuture<Void> ping();

  /** When bytes came last, by {@link System#nanoTime}. */
  long heardNanos();

  boolean isOver();

  /** Ends it at once. */
  void sever();

  static GuardedLine of(ClientConnection connection) {
    return new GuardedLine() {
      @Override
      public CompletableFuture<Void> ping() {
        return connection.ping();
      }

      @Override
      public long heardNanos() {
        return connection.heardNanos();
      }

      @Override
      public boolean isOver() {
        return connection.isOver();
      }

      @Override
      public void sever() {
        connection.sever();
      }
    };
  }
}
