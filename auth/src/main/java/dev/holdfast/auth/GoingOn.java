package dev.holdfast.auth;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says again and again which recordings go on, quiet ones among them, so that nobody takes them for
 * abandoned. Thread-safe.
 */
final class GoingOn implements AutoCloseable {
  /** Time between two times; several fit into {@link RecordingKeeper.Times#abandoned}. */
  static final Duration USUAL = Duration.ofMinutes(1);

  /** Recordings of one node at a time. */
  static final int MOST = 100_000;

  private static final Logger log = LoggerFactory.getLogger(GoingOn.class);

  private final Teller teller;
  private final Duration pause;
  private final Set<String> recordings = new LinkedHashSet<>();
  private @Nullable Thread thread;

  /** Tells of up to {@link RecordingRecords#MOST_GOING_ON}. */
  @FunctionalInterface
  interface Teller {
    void tell(List<String> recordings) throws IOException;
  }

  GoingOn(Teller teller, Duration pause) {
    this.teller = teller;
    this.pause = pause;
  }

  synchronized void add(String recording) {
    if (recordings.size() < MOST) {
      recordings.add(recording);
    }
    if (thread == null) {
      thread = Thread.ofVirtual().name("holdfast-going-on").start(this::run);
    }
  }

  synchronized void remove(String recording) {
    recordings.remove(recording);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(pause);
        tell();
      }
    } catch (InterruptedException e) {
      // Nobody records any more.
    }
  }

  private void tell() {
    List<String> all;
    synchronized (this) {
      all = new ArrayList<>(recordings);
    }
    try {
      for (int i = 0; i < all.size(); i += RecordingRecords.MOST_GOING_ON) {
        teller.tell(all.subList(i, Math.min(all.size(), i + RecordingRecords.MOST_GOING_ON)));
      }
    } catch (IOException e) {
      log.debug("nobody hears which recordings go on: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
