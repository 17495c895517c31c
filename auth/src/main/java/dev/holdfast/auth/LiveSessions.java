package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.Change;
import dev.holdfast.auth.SessionRecords.Begun;
import dev.holdfast.auth.SessionRecords.HistoryQuery;
import dev.holdfast.auth.SessionRecords.LiveSession;
import dev.holdfast.auth.SessionRecords.SessionQuery;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What people are told of {@link OpenSessions}, and how they have one ended. */
final class LiveSessions {
  /**
   * So far may a node's clock, by which its recordings begin, be from the store's, by which its
   * sessions do, for a session to be found with its recording.
   */
  static final Duration MOST_SKEW = Duration.ofSeconds(30);

  /**
   * A recording knows the connection, which may have several sessions: of those that are open the
   * one that began nearest is it.
   */
  private static final String COLUMNS =
      """
      select o.session, o.machine, o.server_name, o.user_name, o.login, o.address, o.kind,
        substr(o.command, 1, %d) as command, o.started, o.ending,
        (select r.id from recordings r
          where r.state = 'OPEN' and r.node = o.machine and r.session = o.connection
            and r.user_name = o.user_name and r.login = o.login
            and abs(r.started - o.started) < %d
          order by abs(r.started - o.started) limit 1) as recording
      from open_sessions o where 1 = 1
      """
          .formatted(LiveSession.MOST_COMMAND, MOST_SKEW.toMillis());

  private static final String TERMINAL = " and o.terminal = 1";

  private LiveSessions() {}

  /** The latest first. */
  static List<LiveSession> list(Tx tx, SessionQuery query) throws SQLException {
    return list(tx, COLUMNS, query);
  }

  /** Those of them that have a terminal. */
  static List<LiveSession> withTerminal(Tx tx, SessionQuery query) throws SQLException {
    return list(tx, COLUMNS + TERMINAL, query);
  }

  private static List<LiveSession> list(Tx tx, String columns, SessionQuery query)
      throws SQLException {
    Clauses sql = new Clauses(columns);
    query.user().ifPresent(it -> sql.and(" and o.user_name = ?", it));
    query.node().ifPresent(it -> sql.and(" and (o.server_name = ? or o.machine = ?)", it, it));
    query
        .before()
        .ifPresent(it ->
            sql.and(
                " and (o.started, o.session)"
                    + " < (select started, session from open_sessions where session = ?)",
                it));
    return sql.and(" order by o.started desc, o.session desc limit ?", query.limit())
        .all(tx, LiveSessions::live);
  }

  static Optional<LiveSession> find(Tx tx, String session) throws SQLException {
    return tx.first(LiveSessions::live, COLUMNS + " and o.session = ?", session);
  }

  static Optional<LiveSession> findWithTerminal(Tx tx, String session) throws SQLException {
    return tx.first(LiveSessions::live, COLUMNS + TERMINAL + " and o.session = ?", session);
  }

  private static LiveSession live(ResultSet row) throws SQLException {
    return new LiveSession(
        row.getString("session"),
        row.getString("machine"),
        row.getString("server_name"),
        row.getString("user_name"),
        row.getString("login"),
        row.getString("address"),
        row.getString("kind"),
        row.getString("command"),
        Instant.ofEpochMilli(row.getLong("started")),
        Optional.ofNullable(row.getString("recording")),
        row.getInt("ending") == 1);
  }

  /** Its node is told, until it has ended. */
  static void end(Tx tx, LiveSession it, String sentence) throws SQLException {
    tx.update("update open_sessions set ending = 1 where session = ?", it.session());
    DocumentTable.put(tx, Kind.SESSION, it.session(), new Ending(it.session(), sentence));
  }

  /** A session that somebody wants to end, and what its client is told. */
  record Ending(String session, String sentence) {
    Change change() {
      return new Change.SessionEnding(session, sentence);
    }
  }

  /** How many began when, by their audit events. */
  static List<Begun> history(Tx tx, HistoryQuery query, Optional<String> user) throws SQLException {
    long from = query.from().toEpochMilli();
    long step = query.step().toMillis();
    Clauses sql =
        new Clauses(
            "select (time - %d) / %d as span, count(*)".formatted(from, step)
                + " from audit where time >= ? and time < ? and code = ?",
            from,
            query.to().toEpochMilli(),
            AuditCode.SESSION_STARTED.code());
    user.ifPresent(it -> sql.and(" and user_name = ?", it));
    return sql.and(" group by span order by span")
        .all(
            tx,
            row -> new Begun(Instant.ofEpochMilli(from + row.getLong(1) * step), row.getLong(2)));
  }
}
