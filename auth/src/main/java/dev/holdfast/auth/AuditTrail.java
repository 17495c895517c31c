package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit events, written before what they tell of has an effect: an event of a change is in the
 * same transaction as the change. Besides they go to files or standard output, a line of JSON each,
 * once they are in the store. Thread-safe.
 */
final class AuditTrail {
  private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);

  private final Database database;
  private final List<AuditLines> besides;

  /**
   * A trail.
   *
   * @param besides where events go, too, once they are in the store
   */
  AuditTrail(Database database, List<AuditLines> besides) {
    this.database = database;
    this.besides = List.copyOf(besides);
  }

  /** A trail that is in the store and nowhere else. */
  AuditTrail(Database database) {
    this(database, List.of());
  }

  /** A change that says what it did. */
  @FunctionalInterface
  interface Change<T> {
    /**
     * Runs the change.
     *
     * @param events where it puts what is to be known of it
     */
    T run(Tx tx, List<AuditEvent> events) throws SQLException;
  }

  /** Does a change and notes its events, both or neither. */
  <T> T change(Change<T> change) throws IOException {
    List<String> lines = new ArrayList<>();
    T result =
        database.transact(tx -> {
          List<AuditEvent> events = new ArrayList<>();
          T done = change.run(tx, events);
          lines.clear();
          for (AuditEvent event : events) {
            AuditTable.add(tx, event).ifPresent(stored -> lines.add(stored.json()));
          }
          return done;
        });
    append(lines);
    return result;
  }

  /** Notes an event. */
  void record(AuditEvent event) throws IOException {
    change((tx, events) -> events.add(event));
  }

  /** Notes an event of those that are refused something, as well as can be. */
  void recordRefusal(AuditCode code, String user, Object... fields) {
    try {
      record(AuditEvent.of(code, user, fields));
    } catch (IOException e) {
      log.error("An audit event {} could not be written: {}", code.code(), e.getMessage());
    }
  }

  private synchronized void append(List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    for (AuditLines one : besides) {
      try {
        one.append(lines);
      } catch (IOException e) {
        log.error("Audit events are in the store, but not in {}: {}", one.place(), e.getMessage());
      }
    }
  }
}
