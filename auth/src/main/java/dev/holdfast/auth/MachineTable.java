package dev.holdfast.auth;

import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Records;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.MachineLoad;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The machines that have joined. Its own labels are below those that its token gave it. */
final class MachineTable {
  private static final String COLUMNS =
      "select id, kind, name, host_key, labels, body, last_seen from machines ";

  private MachineTable() {}

  /**
   * A machine joins. It may come again with the same key; another one's name it does not get until
   * that one was removed.
   *
   * @param joining with the labels of its token
   * @param own labels that it says itself
   */
  static NodeRecord join(Tx tx, NodeRecord joining, Labels own) throws SQLException {
    Optional<NodeRecord> named = byName(tx, joining.kind(), joining.name());
    if (named.isPresent() && !named.get().hostKey().equals(joining.hostKey())) {
      throw new InvalidRecordException(
          "The name %s is another machine's; choose one, or have that machine removed."
              .formatted(joining.name()));
    }
    Optional<NodeRecord> before = byKey(tx, joining.hostKey());
    if (before.isPresent() && before.get().kind() != joining.kind()) {
      throw new InvalidRecordException("This machine's key is that of another service.");
    }
    String id = before.map(NodeRecord::id).orElse(joining.id());
    Heartbeat first =
        new Heartbeat(id, own, joining.addresses(), joining.proxies(), joining.version());
    tx.update(
        """
        insert into machines (id, kind, name, host_key, labels, body, last_seen, joined)
        values (?, ?, ?, ?, ?, ?, null, ?)
        on conflict (id) do update set name = excluded.name, labels = excluded.labels
        """,
        id,
        word(joining.kind()),
        joining.name(),
        joining.hostKey(),
        Records.write(joining.labels()).line(),
        Records.write(first).line(),
        tx.nowMillis());
    return byId(tx, id).orElseThrow();
  }

  /** Whether such a machine has joined. */
  static boolean heartbeat(Tx tx, Heartbeat beat) throws SQLException {
    return tx.update(
            "update machines set body = ?, last_seen = ? where id = ?",
            Records.write(beat).line(),
            tx.nowMillis(),
            beat.id())
        == 1;
  }

  /** The machine that was removed. */
  static Optional<NodeRecord> remove(Tx tx, String idOrName) throws SQLException {
    Optional<NodeRecord> machine = byId(tx, idOrName);
    for (ServiceKind kind : ServiceKind.values()) {
      machine = machine.isPresent() ? machine : byName(tx, kind, idOrName);
    }
    if (machine.isPresent()) {
      tx.update("delete from machines where id = ?", machine.get().id());
      DocumentTable.touch(tx, Kind.MACHINE, machine.get().id() + " " + machine.get().name());
    }
    return machine;
  }

  static Optional<NodeRecord> byId(Tx tx, String id) throws SQLException {
    long now = tx.nowMillis();
    return tx.first(row -> node(row, now), COLUMNS + "where id = ?", id);
  }

  static Optional<NodeRecord> byKey(Tx tx, String hostKey) throws SQLException {
    long now = tx.nowMillis();
    return tx.first(row -> node(row, now), COLUMNS + "where host_key = ?", hostKey);
  }

  static Optional<NodeRecord> byName(Tx tx, ServiceKind kind, String name) throws SQLException {
    long now = tx.nowMillis();
    return tx.first(
        row -> node(row, now), COLUMNS + "where kind = ? and name = ?", word(kind), name);
  }

  /** All of a kind that lived within the last 30 days, by name. */
  static List<NodeRecord> all(Tx tx, ServiceKind kind) throws SQLException {
    long now = tx.nowMillis();
    return tx.all(
        row -> node(row, now),
        COLUMNS + "where kind = ? and coalesce(last_seen, joined) > ? order by name",
        word(kind),
        now - NodeRecord.REMEMBERED.toMillis());
  }

  /** All that lived within the last 30 days, nodes first, and what they have to do. */
  static List<MachineLoad> loads(Tx tx) throws SQLException {
    long now = tx.nowMillis();
    return tx.all(
        row ->
            new MachineLoad(
                node(row, now), DocumentTable.read(row.getString("body"), Heartbeat.class).load()),
        COLUMNS + "where coalesce(last_seen, joined) > ? order by kind, name",
        now - NodeRecord.REMEMBERED.toMillis());
  }

  private static NodeRecord node(ResultSet row, long now) throws SQLException {
    Heartbeat beat = DocumentTable.read(row.getString("body"), Heartbeat.class);
    long seen = row.getLong("last_seen");
    boolean never = row.wasNull();
    return new NodeRecord(
        row.getString("id"),
        ServiceKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        row.getString("name"),
        row.getString("host_key"),
        beat.labels().with(DocumentTable.read(row.getString("labels"), Labels.class)),
        beat.addresses(),
        beat.proxies(),
        beat.version(),
        never ? Optional.empty() : Optional.of(Instant.ofEpochMilli(seen)),
        !never && now - seen <= NodeRecord.SILENCE.toMillis());
  }

  private static String word(ServiceKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
