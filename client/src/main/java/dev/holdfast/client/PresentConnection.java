package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connection that there is now, of those that follow one another. Thread-safe. */
final class PresentConnection {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ClientConnection connection;

  void is(@Nullable ClientConnection next) {
    lock.lock();
    try {
      connection = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The connection; waits if there is none, for at most {@code most}. */
  ClientConnection await(Duration most) throws IOException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (connection == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (connection == null) {
        throw new IOException("there is no connection to the server now");
      }
      return connection;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      lock.unlock();
    }
  }
}
