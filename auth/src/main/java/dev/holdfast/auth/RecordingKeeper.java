package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after recordings that their nodes do not look after: completes those that were abandoned,
 * has those that ended put together, and removes those that are old enough. Of several services one
 * does it at a time, see {@link Duty}. Thread-safe.
 */
final class RecordingKeeper implements AutoCloseable {
  /** What the duty is called. */
  static final String DUTY = "recordings";

  /** Recordings that are dealt with at a time, of each kind. */
  static final int MOST_AT_ONCE = 100;

  /** Recordings in a row with which the store fails before it is left alone until the next look. */
  private static final int MOST_FAILURES = 3;

  private static final Logger log = LoggerFactory.getLogger(RecordingKeeper.class);

  private final Database database;
  private final AuditTrail trail;
  private final Recordings recordings;
  private final Times times;
  private final @Nullable Duration retention;
  private final String holder = UUID.randomUUID().toString();
  private final Semaphore ended = new Semaphore(0);
  private final Thread thread;

  /**
   * When things are done. A service that dies is replaced within duty and look; with the abandoned
   * time that makes less than ten minutes.
   *
   * @param look time between two looks
   * @param duty for how long the duty is taken
   * @param abandoned after how much silence of its node a recording is
   */
  record Times(Duration look, Duration duty, Duration abandoned) {
    static final Times USUAL =
        new Times(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(6));
  }

  RecordingKeeper(
      Database database,
      AuditTrail trail,
      Recordings recordings,
      @Nullable Duration retention,
      Times times) {
    this.database = database;
    this.trail = trail;
    this.recordings = recordings;
    this.retention = retention;
    this.times = times;
    thread = Thread.ofVirtual().name("holdfast-recordings").unstarted(this::run);
  }

  RecordingKeeper start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      do {
        look();
      } while (!ended.tryAcquire(times.look.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // The service ends.
    }
  }

  /** Does what is to be done now, if the duty is ours or free. */
  void look() {
    try {
      OptionalLong fence = take();
      if (fence.isPresent()) {
        cut(fence.getAsLong());
        compose(fence.getAsLong());
        expire(fence.getAsLong());
        remove(fence.getAsLong());
      }
    } catch (IOException e) {
      log.warn("Recordings are not looked after now: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("Recordings could not be looked after.", e);
    }
  }

  private OptionalLong take() throws IOException {
    return database.transact(tx -> Duty.take(tx, DUTY, holder, times.duty));
  }

  /** Completes what was abandoned: with the event that says that the end is missing. */
  private void cut(long fence) throws IOException {
    trail.change((tx, events) -> {
      long before = tx.nowMillis() - times.abandoned.toMillis();
      if (Duty.has(tx, DUTY, fence)) {
        for (Recorded it : RecordingTable.abandoned(tx, before, MOST_AT_ONCE)) {
          long last = RecordingTable.touched(tx, it.id());
          RecordingTable.end(tx, it.id(), Recorded.State.CUT, last);
          events.add(
              Recordings.told(
                  AuditCode.RECORDING_CUT,
                  it,
                  "missing",
                  "the end",
                  "last_heard",
                  Instant.ofEpochMilli(last)));
        }
      }
      return true;
    });
  }

  private void compose(long fence) throws IOException {
    int failures = 0;
    for (Recorded it : database.transact(tx -> RecordingTable.loose(tx, MOST_AT_ONCE))) {
      if (!take().equals(OptionalLong.of(fence))) {
        return;
      }
      if (!composed(it)) {
        if (++failures == MOST_FAILURES) {
          return;
        }
        continue;
      }
      database.transact(tx -> {
        if (Duty.has(tx, DUTY, fence)) {
          RecordingTable.composed(tx, it);
        }
        return true;
      });
    }
  }

  private boolean composed(Recorded it) {
    try {
      recordings.compose(it.id());
      return true;
    } catch (IOException e) {
      log.warn("The recording {} stays in parts for now: {}", it.id(), e.getMessage());
      return false;
    }
  }

  private void expire(long fence) throws IOException {
    if (retention == null) {
      return;
    }
    long millis = retention.toMillis();
    trail.change((tx, events) -> {
      if (Duty.has(tx, DUTY, fence)) {
        for (Recorded it : RecordingTable.expired(tx, tx.nowMillis() - millis, MOST_AT_ONCE)) {
          Recordings.condemn(tx, events, it, "", "retention");
        }
      }
      return true;
    });
  }

  private void remove(long fence) throws IOException {
    List<Recorded> condemned = database.transact(tx -> RecordingTable.deleting(tx, MOST_AT_ONCE));
    for (Recorded it : condemned) {
      if (!take().equals(OptionalLong.of(fence))) {
        return;
      }
      recordings.remove(it.id());
    }
  }

  @Override
  public void close() {
    ended.release();
    try {
      if (thread.getState() != Thread.State.NEW) {
        thread.join(Duration.ofSeconds(10));
      }
      database.transact(tx -> Duty.leave(tx, DUTY, holder));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("the duty ends by itself", e);
    }
  }
}
