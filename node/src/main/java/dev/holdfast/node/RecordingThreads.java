package dev.holdfast.node;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that compress and write recordings, apart from those that serve sessions. Each
 * recording waits for them at most once at a time. Thread-safe.
 */
final class RecordingThreads implements AutoCloseable {
  private static final int MOST = 4;
  private static final Duration LAST = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(RecordingThreads.class);

  private final ExecutorService writers;
  private final ScheduledExecutorService clock;

  RecordingThreads() {
    int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST);
    writers = Executors.newFixedThreadPool(count, named("node-recorder-"));
    clock = Executors.newSingleThreadScheduledExecutor(named("node-recorder-clock-"));
  }

  private static ThreadFactory named(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  /** Does something soon. */
  void execute(Runnable task) {
    try {
      writers.execute(() -> guard(task));
    } catch (RejectedExecutionException e) {
      log.debug("a recording came too late to be written");
    }
  }

  /** Calls something short after a while. */
  void later(Duration delay, Runnable task) {
    try {
      var _ = clock.schedule(() -> guard(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("a recording came too late to be written");
    }
  }

  private static void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("a recording failed", e);
    }
  }

  /** Ends them when they have done what they were given; nothing is done later any more. */
  @Override
  public void close() {
    clock.shutdownNow();
    writers.shutdown();
    try {
      if (!writers.awaitTermination(LAST.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("Recordings are still being written; the next process of this node ends them.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
