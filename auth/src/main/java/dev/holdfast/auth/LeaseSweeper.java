package dev.holdfast.auth;

import dev.holdfast.access.LeaseTime;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all leases again and again, so that those of a machine that is gone are free even before
 * somebody asks for a slot. Thread-safe.
 */
final class LeaseSweeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaseSweeper.class);

  /** Looks within the time of a lease. */
  private static final int LOOKS = 8;

  private static final Duration LEAST_PAUSE = Duration.ofMillis(250);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(15);

  private final LeaseBook book;
  private final Duration pause;
  private final Thread thread;

  private LeaseSweeper(LeaseBook book, LeaseTime time) {
    this.book = book;
    Duration part = time.timeout().dividedBy(LOOKS);
    pause =
        part.compareTo(LEAST_PAUSE) < 0
            ? LEAST_PAUSE
            : part.compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : part;
    thread = Thread.ofVirtual().name("holdfast-lease-sweeper").unstarted(this::run);
  }

  static LeaseSweeper start(LeaseBook book, LeaseTime time) {
    LeaseSweeper sweeper = new LeaseSweeper(book, time);
    sweeper.thread.start();
    return sweeper;
  }

  private void run() {
    try {
      while (true) {
        sweep();
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      // The service ends.
    }
  }

  private void sweep() {
    try {
      book.sweep();
    } catch (IOException e) {
      log.debug("the leases can't be looked at: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("The leases could not be looked at.", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
