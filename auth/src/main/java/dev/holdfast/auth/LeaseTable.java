package dev.holdfast.auth;

import dev.holdfast.access.Lease;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.LeaseTime;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The leases. Each renewal raises a row's version, by which observers see that it lives; its time
 * is fixed when it is taken. A row that was released stays for a while as a mark that its
 * connection is over, so that what comes late finds that.
 */
final class LeaseTable {
  /** So long a connection that is over is remembered: longer than any call of it can be late. */
  static final LeaseTime REMEMBERED = new LeaseTime(Duration.ofMinutes(5));

  /** Leases that one list has. */
  static final int MOST_LISTED = 10_000;

  private LeaseTable() {}

  /** What a row is. */
  enum State {
    /** It takes one of its user's slots. */
    HELD,
    /** It takes one until its machine has ended the connection. */
    ENDING,
    /** It takes none. */
    RELEASED
  }

  /** What is judged by of a row. */
  record Row(
      String id,
      String user,
      String machine,
      String epoch,
      State state,
      long version,
      LeaseTime time,
      boolean detached) {}

  /**
   * Has all others wait who count the leases of the same user, until this transaction ends; of
   * different users none waits.
   */
  static void awaitTurn(Tx tx, String user) throws SQLException {
    tx.update(
        """
        insert into lease_turns (user_name, turn) values (?, 1)
        on conflict (user_name) do update set turn = lease_turns.turn + 1
        """,
        user);
  }

  static Optional<Row> row(Tx tx, String id) throws SQLException {
    return tx.first(LeaseTable::row, "select * from leases where id = ?", id);
  }

  /** The rows that take a slot of a user's. */
  static List<Row> ofUser(Tx tx, String user) throws SQLException {
    return tx.all(
        LeaseTable::row,
        "select * from leases where user_name = ? and state <> 'released' order by id",
        user);
  }

  /** How many rows take slots of each user. */
  static Map<String, Integer> counts(Tx tx) throws SQLException {
    Map<String, Integer> counts = new HashMap<>();
    tx.all(
        row -> counts.put(row.getString(1), row.getInt(2)),
        "select user_name, count(*) from leases where state <> 'released' group by user_name");
    return counts;
  }

  /** Rows of whatever state, by id, from behind {@code last} on. */
  static List<Row> page(Tx tx, String last, int most) throws SQLException {
    return tx.all(
        LeaseTable::row, "select * from leases where id > ? order by id limit ?", last, most);
  }

  static void add(Tx tx, LeaseOrder order, String machine, LeaseTime time) throws SQLException {
    tx.update(
        """
        insert into leases
          (id, user_name, machine, epoch, login, address, state, version, timeout, detached, taken)
        values (?, ?, ?, ?, ?, ?, 'held', 1, ?, 0, ?)
        """,
        order.id(),
        order.user(),
        machine,
        order.epoch(),
        order.login(),
        order.from(),
        time.timeout().toMillis(),
        tx.nowMillis());
  }

  /** A lease that is held lives; whether there is such a one. */
  static boolean renew(Tx tx, String id, long version) throws SQLException {
    return tx.update(
            "update leases set version = version + 1 where id = ? and version = ? and state ="
                + " 'held'",
            id,
            version)
        == 1;
  }

  /** Many of a machine's live; what each of them is. */
  static Map<String, LeaseRenewal.State> renew(Tx tx, String machine, List<LeaseRenewal> renewals)
      throws SQLException {
    Map<String, LeaseRenewal.State> states = new HashMap<>();
    renewals.forEach(one -> states.put(one.id(), LeaseRenewal.State.GONE));
    for (boolean detached : new boolean[] {false, true}) {
      List<String> ids =
          renewals.stream()
              .filter(one -> one.detached() == detached)
              .map(LeaseRenewal::id)
              .sorted()
              .toList();
      renew(tx, machine, ids, detached).forEach(id -> states.put(id, LeaseRenewal.State.HELD));
    }
    List<String> others =
        states.keySet().stream()
            .filter(id -> states.get(id) == LeaseRenewal.State.GONE)
            .sorted()
            .toList();
    ending(tx, machine, others).forEach(id -> states.put(id, LeaseRenewal.State.ENDING));
    return states;
  }

  private static List<String> renew(Tx tx, String machine, List<String> ids, boolean detached)
      throws SQLException {
    return ids.isEmpty()
        ? List.of()
        : tx.all(
            row -> row.getString(1),
            "update leases set version = version + 1, detached = ? where machine = ?"
                + " and state = 'held' and id in "
                + places(ids)
                + " returning id",
            values(detached ? 1 : 0, machine, ids));
  }

  private static List<String> ending(Tx tx, String machine, List<String> ids) throws SQLException {
    return ids.isEmpty()
        ? List.of()
        : tx.all(
            row -> row.getString(1),
            "select id from leases where state = ? and machine = ? and id in " + places(ids),
            values("ending", machine, ids));
  }

  private static String places(List<String> ids) {
    return "(" + "?, ".repeat(ids.size() - 1) + "?)";
  }

  private static Object[] values(Object first, Object second, List<String> ids) {
    List<Object> values = new ArrayList<>(List.of(first, second));
    values.addAll(ids);
    return values.toArray();
  }

  /** A connection of a machine's is over, whether it has a lease, had one or would have had one. */
  static void release(Tx tx, String machine, String id) throws SQLException {
    tx.update(
        """
        insert into leases
          (id, user_name, machine, epoch, login, address, state, version, timeout, detached, taken)
        values (?, '', ?, '', '', '', 'released', 1, ?, 0, 0)
        on conflict (id) do update
        set state = 'released', version = leases.version + 1, timeout = excluded.timeout
        where leases.machine = excluded.machine and leases.state <> 'released'
        """,
        id,
        machine,
        REMEMBERED.timeout().toMillis());
  }

  /** All of an epoch's are over; how many. */
  static int drop(Tx tx, String machine, String epoch) throws SQLException {
    return tx.update(
        """
        update leases set state = 'released', version = version + 1, timeout = ?
        where machine = ? and epoch = ? and state <> 'released'
        """,
        REMEMBERED.timeout().toMillis(),
        machine,
        epoch);
  }

  /** Removes a row if it is still of that version. */
  static boolean remove(Tx tx, String id, long version) throws SQLException {
    return tx.update("delete from leases where id = ? and version = ?", id, version) == 1;
  }

  /** Has a lease ended by its machine; whether there is such a one. */
  static boolean end(Tx tx, String id) throws SQLException {
    return tx.update("update leases set state = 'ending' where id = ? and state = 'held'", id) == 1;
  }

  /** Those of a user, or of all if {@code user} is empty, the oldest first. */
  static List<Lease> list(Tx tx, Optional<String> user) throws SQLException {
    return tx.all(
        LeaseTable::lease,
        """
        select leases.*, coalesce(machines.name, '') as machine_name from leases
        left join machines on machines.id = leases.machine
        where state <> 'released'
        """
            + (user.isPresent() ? " and user_name = ?" : "")
            + " order by taken, leases.id limit "
            + MOST_LISTED,
        user.stream().toArray());
  }

  private static Lease lease(ResultSet row) throws SQLException {
    return new Lease(
        row.getString("id"),
        row.getString("user_name"),
        row.getString("machine"),
        row.getString("machine_name"),
        row.getString("login"),
        row.getString("address"),
        Instant.ofEpochMilli(row.getLong("taken")),
        row.getInt("detached") != 0,
        state(row) == State.ENDING);
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("id"),
        row.getString("user_name"),
        row.getString("machine"),
        row.getString("epoch"),
        state(row),
        row.getLong("version"),
        new LeaseTime(Duration.ofMillis(row.getLong("timeout"))),
        row.getInt("detached") != 0);
  }

  private static State state(ResultSet row) throws SQLException {
    return State.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
  }
}
