package dev.holdfast.auth;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The audit events, in their order. Nothing is changed in it and nothing removed. */
final class AuditTable {
  private AuditTable() {}

  /** An event that is stored. */
  record Stored(long seq, String json) {}

  /** Characters of events that are read at a time; the last of them may go over. */
  static final int MOST_CHARACTERS = 256 * 1024;

  /**
   * Adds an event, and returns its line; nothing for one that is there already, by the {@code uid}
   * that whoever sends it gave it.
   */
  static Optional<Stored> add(Tx tx, AuditEvent event) throws SQLException {
    String id =
        event.fields().get("uid") instanceof String given ? given : UUID.randomUUID().toString();
    // The counter first: whoever has it is the only one who writes events.
    long seq = tx.next("audit");
    if (tx.first(row -> row.getLong(1), "select seq from audit where id = ?", id).isPresent()) {
      tx.update("update counters set value = value - 1 where name = 'audit'");
      return Optional.empty();
    }
    Instant now = tx.now();
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("ei", Json.of(seq));
    members.put("event", Json.of(event.code().event()));
    members.put("code", Json.of(event.code().code()));
    members.put("time", Json.of(now.toString()));
    members.put("uid", Json.of(id));
    members.put("user", Json.of(event.user()));
    event.fields().forEach((name, value) -> members.putIfAbsent(name, simple(value)));
    Json.Members body = new Json.Members(members);
    String line = body.line();
    tx.update(
        "insert into audit (seq, id, time, code, event, user_name, body) values (?, ?, ?, ?, ?, ?,"
            + " ?)",
        seq,
        id,
        now.toEpochMilli(),
        event.code().code(),
        event.code().event(),
        event.user(),
        line);
    AuditWords.add(tx, seq, body);
    OpenSessions.told(tx, event);
    return Optional.of(new Stored(seq, line));
  }

  /** Events of before there were words are found by them, too, and none is there twice. */
  static void index(Tx tx) throws SQLException {
    tx.update("create unique index audit_id on audit (id)");
    long last = 0;
    while (true) {
      List<Stored> some = after(tx, last, AuditQuery.LATEST);
      if (some.isEmpty()) {
        return;
      }
      for (Stored one : some) {
        last = one.seq();
        if (json(one) instanceof Json.Members event) {
          AuditWords.add(tx, last, event);
        }
      }
    }
  }

  private static Json simple(Object value) {
    return switch (value) {
      case Boolean bool -> Json.of(bool);
      case Integer number -> Json.of(number);
      case Long number -> Json.of(number);
      default -> Json.of(value.toString());
    };
  }

  /** Events after {@code seq}, oldest first. */
  static List<Stored> after(Tx tx, long seq, AuditQuery query) throws SQLException {
    return read(tx, query, " and seq > " + seq, " order by seq");
  }

  /** Those that are asked for: the latest, or the first after one; the oldest of them first. */
  static List<Stored> search(Tx tx, AuditQuery query) throws SQLException {
    return query.after().isPresent()
        ? after(tx, query.after().get(), query)
        : read(tx, query, "", " order by seq desc").reversed();
  }

  private static List<Stored> read(Tx tx, AuditQuery query, String which, String order)
      throws SQLException {
    Clauses sql = new Clauses("select seq, body from audit where seq > 0" + which);
    where(tx.dialect(), query, sql);
    return sql.and(order + " limit ?", query.limit())
        .some(
            tx,
            AuditTable::stored,
            new Tx.Bound<>(MOST_CHARACTERS, stored -> stored.json().length()));
  }

  private static void where(Dialect dialect, AuditQuery query, Clauses sql) {
    query.user().ifPresent(user -> sql.and(" and user_name = ?", user));
    query.event().ifPresent(event -> sql.and(" and event = ?", event));
    query.code().ifPresent(code -> sql.and(" and code = ?", code));
    query.from().ifPresent(it -> sql.and(" and time >= ?", it.toEpochMilli()));
    query.to().ifPresent(it -> sql.and(" and time < ?", it.toEpochMilli()));
    query.before().ifPresent(seq -> sql.and(" and seq < ?", seq));
    query
        .text()
        .ifPresent(
            text -> sql.and(AuditWords.condition(dialect), AuditWords.sought(dialect, text)));
  }

  static long last(Tx tx) throws SQLException {
    return tx.first(row -> row.getLong(1), "select value from counters where name = 'audit'")
        .orElseThrow();
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(row.getLong("seq"), row.getString("body"));
  }

  /** An event as it is stored, as JSON. */
  static Json json(Stored stored) {
    try {
      return Json.parse(stored.json());
    } catch (MalformedJsonException e) {
      throw new IllegalStateException("the database holds what is no event", e);
    }
  }
}
