package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit events, written before what they tell of has an effect: an event of a change is in the
 * same transaction as the change. Besides they go to a file, a line of JSON each, once they are in
 * the store. Thread-safe.
 */
final class AuditTrail {
  private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);

  private final Database database;
  private final @Nullable Path file;

  /**
   * A trail.
   *
   * @param file that lines are appended to; null for none
   */
  AuditTrail(Database database, @Nullable Path file) {
    this.database = database;
    this.file = file;
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
            lines.add(AuditTable.add(tx, event).json());
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
    if (file == null || lines.isEmpty()) {
      return;
    }
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
    } catch (IOException e) {
      log.error("Audit events are in the store, but not in {}: {}", file, e.getMessage());
    }
  }
}
