package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The sessions of which audit events told that they began and none that they ended, and the epochs
 * of nodes that are over. A session is of an epoch: when that is over and nobody told of its end,
 * nobody will.
 */
final class OpenSessions {
  static final List<String> TABLES =
      List.of(
          """
          create table open_sessions (
            session text not null, machine text not null, epoch text not null,
            user_name text not null, login text not null, connection text not null,
            server_name text not null, started bigint not null, primary key (machine, session))
          """,
          "create index open_sessions_epoch on open_sessions (epoch)",
          """
          create table ended_epochs (
            machine text not null, epoch text not null, ended bigint not null,
            primary key (machine, epoch))
          """);

  /** What people are told of a session, and whether somebody wants it to end. */
  static final List<String> MORE =
      List.of(
          "alter table open_sessions add column kind text not null default ''",
          "alter table open_sessions add column command text not null default ''",
          "alter table open_sessions add column address text not null default ''",
          "alter table open_sessions add column ending integer not null default 0",
          "create index open_sessions_started on open_sessions (started, session)",
          "create index open_sessions_session on open_sessions (session)");

  /** Whether it has a terminal; of those that began before nobody has told, so they may. */
  static final List<String> TERMINALS =
      List.of("alter table open_sessions add column terminal integer not null default 1");

  private static final Duration REMEMBERED = Duration.ofDays(1);

  private static final String COLUMNS =
      "select o.session, o.machine, o.user_name, o.login, o.connection, o.server_name,";

  private OpenSessions() {}

  /** An event is being kept. */
  static void told(Tx tx, AuditEvent event) throws SQLException {
    Map<String, Object> fields = event.fields();
    switch (event.code()) {
      case SESSION_STARTED -> {
        if (fields.get("epoch") instanceof String epoch) {
          add(tx, event, epoch);
        }
      }
      case SESSION_ENDED, SESSION_REJECTED -> remove(tx, teller(fields), text(fields, "session"));
      default -> {}
    }
  }

  private static void add(Tx tx, AuditEvent event, String epoch) throws SQLException {
    Map<String, Object> fields = event.fields();
    tx.update(
        """
        insert into open_sessions
          (session, machine, epoch, user_name, login, connection, server_name, started, kind,
           command, address, terminal)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing
        """,
        text(fields, "session"),
        teller(fields),
        epoch,
        event.user(),
        text(fields, "login"),
        text(fields, "connection"),
        text(fields, "server_name"),
        tx.nowMillis(),
        text(fields, "kind"),
        text(fields, "command") + text(fields, "subsystem"),
        text(fields, "from"),
        Boolean.FALSE.equals(fields.get("terminal")) ? 0 : 1);
  }

  /** The machine that will tell of the end: the node, or the proxy that records for it. */
  private static String teller(Map<String, Object> fields) {
    String proxy = text(fields, "proxy_id");
    return proxy.isEmpty() ? text(fields, "server_id") : proxy;
  }

  private static String text(Map<String, Object> fields, String name) {
    return fields.get(name) instanceof String text ? text : "";
  }

  /** Whether it was still open. */
  private static boolean remove(Tx tx, String machine, String session) throws SQLException {
    DocumentTable.forget(tx, Kind.SESSION, session);
    return tx.update(
            "delete from open_sessions where machine = ? and session = ?", machine, session)
        > 0;
  }

  /** The process that this epoch was of is dead. It is known for a while: starts may come late. */
  static void over(Tx tx, String machine, String epoch) throws SQLException {
    long now = tx.nowMillis();
    tx.update("delete from ended_epochs where ended < ?", now - REMEMBERED.toMillis());
    tx.update(
        "insert into ended_epochs (machine, epoch, ended) values (?, ?, ?) on conflict do nothing",
        machine,
        epoch,
        now);
  }

  /**
   * A session that nobody will tell the end of.
   *
   * @param heard when its node was there for the last time, as far as is known
   */
  record Lost(
      String session,
      String machine,
      String user,
      String login,
      String connection,
      String serverName,
      Instant heard,
      Why why) {}

  /** Why nobody will. */
  enum Why {
    /** Its process was killed, or its machine lost power, and another one is there. */
    KILLED,
    /** Its node is not heard of, or was removed. */
    SILENT
  }

  /** Those of epochs that were over before then. */
  static List<Lost> killed(Tx tx, long before, int most) throws SQLException {
    return tx.all(
        row -> lost(row, Why.KILLED),
        COLUMNS
            + " e.ended as heard from open_sessions o join ended_epochs e on e.epoch = o.epoch and"
            + " o.machine in (e.machine, '') where e.ended < ? order by o.started limit ?",
        before,
        most);
  }

  /** Those of nodes that were not heard of since then. */
  static List<Lost> silent(Tx tx, long before, int most) throws SQLException {
    return tx.all(
        row -> lost(row, Why.SILENT),
        COLUMNS
            + " coalesce(m.last_seen, o.started) as heard from open_sessions o left join machines m"
            + " on m.id = o.machine where o.machine <> '' and coalesce(m.last_seen, o.started) < ?"
            + " and o.started < ? order by o.started limit ?",
        before,
        before,
        most);
  }

  private static Lost lost(ResultSet row, Why why) throws SQLException {
    return new Lost(
        row.getString("session"),
        row.getString("machine"),
        row.getString("user_name"),
        row.getString("login"),
        row.getString("connection"),
        row.getString("server_name"),
        Instant.ofEpochMilli(row.getLong("heard")),
        why);
  }

  /** Ends one for its node, unless somebody has. */
  static void end(Tx tx, List<AuditEvent> events, Lost it) throws SQLException {
    if (!remove(tx, it.machine, it.session)) {
      return;
    }
    events.add(
        AuditEvent.of(
            AuditCode.SESSION_LOST,
            it.user,
            "session",
            it.session,
            "connection",
            it.connection,
            "login",
            it.login,
            "missing",
            "the end",
            "reason",
            it.why.name().toLowerCase(Locale.ROOT),
            "last_heard",
            it.heard,
            "server_id",
            it.machine,
            "server_name",
            it.serverName));
  }
}
