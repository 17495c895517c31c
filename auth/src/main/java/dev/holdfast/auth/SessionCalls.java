package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Change;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Names;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.Caller.Standing;
import dev.holdfast.auth.SessionRecords.HistoryQuery;
import dev.holdfast.auth.SessionRecords.JoinQuery;
import dev.holdfast.auth.SessionRecords.LiveSession;
import dev.holdfast.auth.SessionRecords.SessionQuery;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The calls about sessions that go on. A user sees and ends his own; who may audit or administer
 * sees all, who may administer ends any. Thread-safe.
 */
final class SessionCalls {
  private final Database database;
  private final AuditTrail trail;

  SessionCalls(Database database, AuditTrail trail) {
    this.database = database;
    this.trail = trail;
  }

  Object call(Caller caller, Record params) throws IOException {
    return switch (params) {
      case SessionQuery query -> list(Reader.of(caller), query);
      case HistoryQuery query -> {
        Reader reader = Reader.of(caller);
        Optional<String> user = reader.all() ? Optional.empty() : Optional.of(reader.name());
        yield database.transact(tx -> LiveSessions.history(tx, query, user));
      }
      case JoinQuery query -> new JoinableSessions(database).list(caller, query);
      case Named(String session) -> end(caller, session);
      default -> throw new IllegalArgumentException("no call about sessions: " + params);
    };
  }

  private List<LiveSession> list(Reader reader, SessionQuery query) throws IOException {
    if (!reader.all() && query.user().filter(it -> !it.equals(reader.name())).isPresent()) {
      throw new InvalidRecordException(
          "You may list your own sessions; ask an administrator for a role with the right to audit"
              + " to see others'.");
    }
    SessionQuery seen = reader.all() ? query : query.of(reader.name());
    return database.transact(tx -> LiveSessions.list(tx, seen));
  }

  /** Who may not end it is told the same as if it were not there. */
  private Done end(Caller caller, String session) throws IOException {
    boolean any = caller.standings().contains(Standing.ADMINISTRATOR);
    return trail.change((tx, events) -> {
      LiveSession it =
          LiveSessions.find(tx, session)
              .filter(
                  found -> any || (!caller.name().isEmpty() && found.user().equals(caller.name())))
              .orElseThrow(() ->
                  new InvalidRecordException(
                      "There is no session %s that you may end."
                          .formatted(Names.printable(session))));
      String by = caller.name().isEmpty() ? "an administrator" : caller.name();
      LiveSessions.end(tx, it, "This session was ended by %s.".formatted(by));
      events.add(
          AuditEvent.of(
              AuditCode.SESSION_KILLED,
              caller.name(),
              "session",
              it.session(),
              "of",
              it.user(),
              "login",
              it.login(),
              "server_id",
              it.machine(),
              "server_name",
              it.node()));
      return ApiCalls.done();
    });
  }

  /** Those that somebody wants to end and that have not ended: a node may have missed it. */
  List<Change> ending() throws IOException {
    return database
        .transact(tx -> DocumentTable.all(tx, Kind.SESSION, LiveSessions.Ending.class))
        .stream()
        .map(LiveSessions.Ending::change)
        .toList();
  }
}
