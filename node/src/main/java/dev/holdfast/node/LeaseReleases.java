package dev.holdfast.node;

import dev.holdfast.access.HeldLeases;
import dev.holdfast.access.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases that are to be released: at once, and again until it was done. Those that come in while
 * others are on their way go together in the next call. Thread-safe.
 */
final class LeaseReleases implements AutoCloseable {
  /** Releases that wait; of more, leases die by themselves after their time. */
  static final int MOST = HeldLeases.MOST;

  /** How long the end of the process waits for them. */
  static final Duration GOODBYE = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(LeaseReleases.class);

  private final Leases leases;
  private final LinkedBlockingQueue<String> waiting = new LinkedBlockingQueue<>(MOST);
  private final Thread thread;
  private volatile boolean closing;

  private LeaseReleases(Leases leases) {
    this.leases = leases;
    thread = Thread.ofVirtual().name("holdfast-lease-release").unstarted(this::run);
  }

  static LeaseReleases start(Leases leases) {
    LeaseReleases releases = new LeaseReleases(leases);
    releases.thread.start();
    return releases;
  }

  void add(String id) {
    if (!waiting.offer(id)) {
      log.warn("Too many leases wait to be released; this one ends by itself after its time.");
    }
  }

  private void run() {
    try {
      while (!closing || !waiting.isEmpty()) {
        String first = waiting.poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          List<String> some = new ArrayList<>(List.of(first));
          waiting.drainTo(some, Leases.MOST_AT_ONCE - 1);
          release(some);
        }
      }
    } catch (InterruptedException e) {
      // The process ends; what is left ends by itself.
    }
  }

  private void release(List<String> some) throws InterruptedException {
    while (true) {
      try {
        Within.time(
            PATIENCE,
            () -> {
              leases.release(some);
              return true;
            });
        return;
      } catch (IOException e) {
        log.debug("{} leases are not released yet: {}", some.size(), e.getMessage());
      }
      Thread.sleep(PAUSE);
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      if (!thread.join(GOODBYE)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
