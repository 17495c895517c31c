package dev.holdfast.auth;

import dev.holdfast.access.Change;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One who watches a cluster's changes, on a thread of his own. Thread-safe. */
final class Watcher implements AutoCloseable {
  /** Changes that wait for one watcher; who is slower hears that he missed some. */
  static final int MOST_WAITING = 1_000;

  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  private final BlockingQueue<Change> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Consumer<Change> consumer;
  private final Thread thread;
  private volatile boolean missed;

  private Watcher(Consumer<Change> consumer) {
    this.consumer = consumer;
    thread = Thread.ofVirtual().name("holdfast-watcher").unstarted(this::run);
  }

  static Watcher start(Consumer<Change> consumer) {
    Watcher watcher = new Watcher(consumer);
    watcher.thread.start();
    return watcher;
  }

  /** He will be told; does not wait. */
  void tell(Change change) {
    if (!waiting.offer(change)) {
      missed = true;
    }
  }

  private void run() {
    try {
      while (true) {
        tellNow(waiting.take());
        if (missed && waiting.isEmpty()) {
          missed = false;
          tellNow(new Change.Missed());
        }
      }
    } catch (InterruptedException e) {
      // He watches no more.
    }
  }

  private void tellNow(Change change) {
    try {
      consumer.accept(change);
    } catch (RuntimeException e) {
      log.error("A change of the cluster could not be acted upon.", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
