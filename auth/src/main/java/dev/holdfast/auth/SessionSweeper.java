package dev.holdfast.auth;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the end of sessions whose nodes can't: they were killed, or are not heard of. What another
 * service ended meanwhile, or the node itself, is left alone. Thread-safe.
 */
final class SessionSweeper implements AutoCloseable {
  /** Sessions that are ended at a time. */
  static final int MOST_AT_ONCE = 500;

  private static final Logger log = LoggerFactory.getLogger(SessionSweeper.class);

  private final Database database;
  private final AuditTrail trail;
  private final Times times;
  private final Thread thread;

  /**
   * When it is done.
   *
   * @param look time between two looks
   * @param grace for the events that a killed process left on its disk, which the next one sends
   * @param silence of a node, after which its sessions are ended
   */
  record Times(Duration look, Duration grace, Duration silence) {
    static final Times USUAL =
        new Times(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMinutes(6));
  }

  SessionSweeper(Database database, AuditTrail trail, Times times) {
    this.database = database;
    this.trail = trail;
    this.times = times;
    thread = Thread.ofVirtual().name("holdfast-session-sweeper").unstarted(this::run);
  }

  SessionSweeper start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(times.look);
        look();
      }
    } catch (InterruptedException e) {
      // The service ends.
    }
  }

  /** Ends what is to be ended now. */
  void look() {
    try {
      List<OpenSessions.Lost> lost = database.transact(this::lost);
      if (!lost.isEmpty()) {
        trail.change((tx, events) -> {
          for (OpenSessions.Lost one : lost) {
            OpenSessions.end(tx, events, one);
          }
          return true;
        });
      }
    } catch (IOException e) {
      log.debug("open sessions can't be looked at: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("Open sessions could not be looked at.", e);
    }
  }

  private List<OpenSessions.Lost> lost(Tx tx) throws SQLException {
    long now = tx.nowMillis();
    List<OpenSessions.Lost> lost =
        new ArrayList<>(OpenSessions.killed(tx, now - times.grace.toMillis(), MOST_AT_ONCE));
    lost.addAll(OpenSessions.silent(tx, now - times.silence.toMillis(), MOST_AT_ONCE));
    return lost;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
