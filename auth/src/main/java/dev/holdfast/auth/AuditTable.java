package dev.holdfast.auth;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The audit events, in their order. Nothing is changed in it and nothing removed. */
final class AuditTable {
  private AuditTable() {}

  /** An event that is stored. */
  record Stored(long seq, String json) {}

  /** Adds an event; what is returned is its line. */
  static Stored add(Tx tx, AuditEvent event) throws SQLException {
    long seq = tx.next("audit");
    Instant now = tx.now();
    String id = UUID.randomUUID().toString();
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("ei", Json.of(seq));
    members.put("event", Json.of(event.code().event()));
    members.put("code", Json.of(event.code().code()));
    members.put("time", Json.of(now.toString()));
    members.put("uid", Json.of(id));
    members.put("user", Json.of(event.user()));
    event.fields().forEach((name, value) -> members.putIfAbsent(name, simple(value)));
    String line = new Json.Members(members).line();
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
    return new Stored(seq, line);
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
    List<Object> values = new ArrayList<>();
    String sql =
        "select seq, body from audit where seq > ?" + where(query, values) + " order by seq";
    values.addFirst(seq);
    return tx.all(AuditTable::stored, sql + " limit " + query.limit(), values.toArray());
  }

  /** The latest events, oldest of them first. */
  static List<Stored> latest(Tx tx, AuditQuery query) throws SQLException {
    List<Object> values = new ArrayList<>();
    String sql = "select seq, body from audit where seq > 0" + where(query, values);
    return tx.all(
            AuditTable::stored, sql + " order by seq desc limit " + query.limit(), values.toArray())
        .reversed();
  }

  private static String where(AuditQuery query, List<Object> values) {
    StringBuilder where = new StringBuilder();
    query.user().ifPresent(user -> add(where, values, " and user_name = ?", user));
    query.event().ifPresent(event -> add(where, values, " and event = ?", event));
    query.code().ifPresent(code -> add(where, values, " and code = ?", code));
    query.from().ifPresent(it -> add(where, values, " and time >= ?", it.toEpochMilli()));
    query.to().ifPresent(it -> add(where, values, " and time < ?", it.toEpochMilli()));
    query
        .text()
        .ifPresent(text -> {
          String word = text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
          add(where, values, " and lower(body) like lower(?) escape '!'", "%" + word + "%");
        });
    return where.toString();
  }

  private static void add(StringBuilder where, List<Object> values, String sql, Object value) {
    where.append(sql);
    values.add(value);
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
