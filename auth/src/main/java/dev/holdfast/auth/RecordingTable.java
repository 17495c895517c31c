package dev.holdfast.auth;

import dev.holdfast.recording.PartStore.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The list of recordings, and what is known of their parts; the parts are in the store. */
final class RecordingTable {
  static final List<String> TABLES =
      List.of(
          """
          create table recordings (
            id text primary key, node text not null, node_name text not null,
            user_name text not null, login text not null, session text not null,
            started bigint not null, touched bigint not null, ended bigint,
            bytes bigint not null, parts bigint not null, composed integer not null,
            state text not null, hold text)
          """,
          "create index recordings_started on recordings (started)",
          "create index recordings_touched on recordings (state, touched)",
          """
          create table recording_parts (
            recording text not null, number bigint not null, sha256 text not null,
            bytes bigint not null, stored integer not null, primary key (recording, number))
          """,
          """
          create table duties (
            name text primary key, holder text not null, fence bigint not null,
            until bigint not null)
          """);

  private static final String COLUMNS =
      "select id, node, node_name, user_name, login, session, started, ended, bytes, parts, state,"
          + " hold from recordings";

  private RecordingTable() {}

  /** A part as it is known. */
  record Part(String sha256, boolean stored) {}

  static Optional<Recorded> find(Tx tx, String id) throws SQLException {
    return tx.first(RecordingTable::recorded, COLUMNS + " where id = ?", id);
  }

  static void add(Tx tx, String id, String node, String nodeName, Subject subject)
      throws SQLException {
    long now = tx.nowMillis();
    tx.update(
        """
        insert into recordings
          (id, node, node_name, user_name, login, session, started, touched, bytes, parts,
           composed, state)
        values (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 'OPEN')
        """,
        id,
        node,
        nodeName,
        subject.user(),
        subject.login(),
        subject.session(),
        subject.started().toEpochMilli(),
        now);
  }

  static Optional<Part> part(Tx tx, String id, int number) throws SQLException {
    return tx.first(
        row -> new Part(row.getString(1), row.getInt(2) == 1),
        "select sha256, stored from recording_parts where recording = ? and number = ?",
        id,
        number);
  }

  /** A part is about to be stored. */
  static void announce(Tx tx, String id, int number, String sha256, long bytes)
      throws SQLException {
    tx.update(
        """
        insert into recording_parts (recording, number, sha256, bytes, stored)
        values (?, ?, ?, ?, 0)
        """,
        id,
        number,
        sha256,
        bytes);
  }

  /** A part is stored: it counts, and the recording is open, also if it was thought to be cut. */
  static void stored(Tx tx, String id, int number) throws SQLException {
    int first =
        tx.update(
            "update recording_parts set stored = 1 where recording = ? and number = ? and stored ="
                + " 0",
            id,
            number);
    tx.update(
        """
        update recordings set touched = ?, state = 'OPEN', ended = null, composed = 0,
          parts = parts + ?, bytes = bytes + (select coalesce(sum(bytes), 0) * ?
            from recording_parts where recording = ? and number = ?)
        where id = ?
        """,
        tx.nowMillis(),
        first,
        first,
        id,
        number,
        id);
  }

  static List<Integer> parts(Tx tx, String id) throws SQLException {
    return tx.all(
        row -> row.getInt(1),
        "select number from recording_parts where recording = ? and stored = 1 order by number",
        id);
  }

  /** The recordings of a node that still comes. */
  static void touch(Tx tx, String node, List<String> ids) throws SQLException {
    for (String id : ids) {
      tx.update(
          "update recordings set touched = ? where id = ? and node = ? and state = 'OPEN'",
          tx.nowMillis(),
          id,
          node);
    }
  }

  static void end(Tx tx, String id, Recorded.State state, long ended) throws SQLException {
    tx.update("update recordings set state = ?, ended = ? where id = ?", state.name(), ended, id);
  }

  static void hold(Tx tx, String id, Optional<String> reason) throws SQLException {
    tx.update("update recordings set hold = ? where id = ?", reason.orElse(null), id);
  }

  static void remove(Tx tx, String id) throws SQLException {
    tx.update("delete from recording_parts where recording = ?", id);
    tx.update("delete from recordings where id = ?", id);
  }

  /** Those that nobody has touched since then. */
  static List<Recorded> abandoned(Tx tx, long before, int most) throws SQLException {
    return tx.all(
        RecordingTable::recorded,
        COLUMNS + " where state = 'OPEN' and touched < ? order by touched limit ?",
        before,
        most);
  }

  static long touched(Tx tx, String id) throws SQLException {
    return tx.first(row -> row.getLong(1), "select touched from recordings where id = ?", id)
        .orElseThrow();
  }

  /** Those that have ended and are not in one piece yet. */
  static List<Recorded> loose(Tx tx, int most) throws SQLException {
    return tx.all(
        RecordingTable::recorded,
        COLUMNS + " where state in ('COMPLETE', 'CUT') and composed = 0 order by ended limit ?",
        most);
  }

  /** A recording is in one piece, unless something came meanwhile. */
  static void composed(Tx tx, Recorded it) throws SQLException {
    tx.update(
        "update recordings set composed = 1 where id = ? and state = ? and parts = ?",
        it.id(),
        it.state().name(),
        it.parts());
  }

  /** Those that ended before then and that nobody holds. */
  static List<Recorded> expired(Tx tx, long before, int most) throws SQLException {
    return tx.all(
        RecordingTable::recorded,
        COLUMNS
            + " where state in ('COMPLETE', 'CUT') and hold is null and ended < ? order by ended"
            + " limit ?",
        before,
        most);
  }

  static List<Recorded> deleting(Tx tx, int most) throws SQLException {
    return tx.all(RecordingTable::recorded, COLUMNS + " where state = 'DELETING' limit ?", most);
  }

  /** The latest first. */
  static List<Recorded> list(Tx tx, RecordingQuery query) throws SQLException {
    Clauses sql = new Clauses(COLUMNS + " where state <> 'DELETING'");
    query.user().ifPresent(it -> sql.and(" and user_name = ?", it));
    query.login().ifPresent(it -> sql.and(" and login = ?", it));
    query.node().ifPresent(it -> sql.and(" and (node_name = ? or node = ?)", it, it));
    query.from().ifPresent(it -> sql.and(" and started >= ?", it.toEpochMilli()));
    query.to().ifPresent(it -> sql.and(" and started < ?", it.toEpochMilli()));
    query.state().ifPresent(it -> sql.and(" and state = ?", it.name()));
    query
        .before()
        .ifPresent(it ->
            sql.and(" and (started, id) < (select started, id from recordings where id = ?)", it));
    return sql.and(" order by started desc, id desc limit ?", query.limit())
        .all(tx, RecordingTable::recorded);
  }

  private static Recorded recorded(ResultSet row) throws SQLException {
    long ended = row.getLong("ended");
    boolean open = row.wasNull();
    return new Recorded(
        row.getString("id"),
        row.getString("node"),
        row.getString("node_name"),
        row.getString("user_name"),
        row.getString("login"),
        row.getString("session"),
        Instant.ofEpochMilli(row.getLong("started")),
        open ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ended)),
        row.getLong("bytes"),
        row.getLong("parts"),
        Recorded.State.valueOf(row.getString("state")),
        Optional.ofNullable(row.getString("hold")));
  }
}
