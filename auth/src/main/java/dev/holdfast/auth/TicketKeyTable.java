package dev.holdfast.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The keys that sign tickets, what each does now, and which proxies were given it. Times are the
 * database's.
 */
final class TicketKeyTable {
  /** The tables, as {@link Migrations} makes them. */
  static final List<String> TABLES =
      List.of(
          """
          create table ticket_keys (
            public_key text primary key, state text not null, sealed text not null,
            sealed_by text not null, made bigint not null, since bigint not null,
            longest bigint not null, believed_until bigint)
          """,
          """
          create table ticket_key_holders (
            public_key text not null, machine text not null, primary key (public_key, machine))
          """);

  private static final String COLUMNS =
      "select public_key, state, sealed, sealed_by, since, longest from ticket_keys ";

  private TicketKeyTable() {}

  /** What a key does. */
  enum State {
    /** It is believed everywhere before it signs; nobody has its private half yet. */
    NEXT,
    /** It signs. */
    CURRENT,
    /** What it signed counts until it ends. */
    FORMER,
    /** Somebody has it who was removed: what it signed brings back a stream, and no more. */
    WITHDRAWN
  }

  /**
   * A key.
   *
   * @param shown its public half in base64
   * @param sealed its private half; empty once it signs no more
   * @param sealedBy the fingerprint of the authority whose key opens that
   * @param since when it came to do what it does
   * @param longest how long a ticket by it may count, which those said who sign
   */
  record Row(
      String shown, State state, String sealed, String sealedBy, long since, Duration longest) {
    @Override
    public String toString() {
      return "Row[" + shown + ", " + state + "]";
    }
  }

  /** Adds a key, unless there is one of that state. */
  static boolean add(Tx tx, State state, TicketSeal.Sealed made) throws SQLException {
    // One at a time.
    tx.revision();
    if (the(tx, state).isPresent()) {
      return false;
    }
    long now = tx.nowMillis();
    return tx.update(
            """
            insert into ticket_keys
            (public_key, state, sealed, sealed_by, made, since, longest, believed_until)
            values (?, ?, ?, ?, ?, ?, 0, null)
            """,
            made.shown(),
            state.name(),
            made.text(),
            made.by(),
            now,
            now)
        == 1;
  }

  /** The one of that state; of the first two there is one at most. */
  static Optional<Row> the(Tx tx, State state) throws SQLException {
    return tx.first(TicketKeyTable::row, COLUMNS + "where state = ?", state.name());
  }

  /** All that count for something, the newest first. */
  static List<Row> known(Tx tx, int most) throws SQLException {
    return tx.all(
        TicketKeyTable::row,
        COLUMNS
            + """
            where believed_until is null or believed_until > ?
            order by made desc, public_key limit ?
            """,
        tx.nowMillis(),
        most);
  }

  /** A ticket by the key that signs may count for so long. */
  static void lengthen(Tx tx, Duration longest) throws SQLException {
    tx.update(
        "update ticket_keys set longest = ? where state = 'CURRENT' and longest < ?",
        longest.toMillis(),
        longest.toMillis());
  }

  /** Notes that a machine is given a key; false if it has it already. */
  static boolean hand(Tx tx, String shown, String machine) throws SQLException {
    return tx.update(
            """
            insert into ticket_key_holders (public_key, machine) values (?, ?)
            on conflict (public_key, machine) do nothing
            """,
            shown,
            machine)
        == 1;
  }

  /** The same key, sealed otherwise. */
  static int reseal(Tx tx, TicketSeal.Sealed made) throws SQLException {
    return tx.update(
        "update ticket_keys set sealed = ?, sealed_by = ? where public_key = ? and sealed <> ''",
        made.text(),
        made.by(),
        made.shown());
  }

  /**
   * The next key signs. The one that did is believed for as long as a ticket by it may count, and
   * its private half is forgotten.
   *
   * @param slack for those who sign with it until they hear of this
   */
  static void advance(Tx tx, Duration slack) throws SQLException {
    long now = tx.nowMillis();
    tx.update(
        """
        update ticket_keys
        set state = 'FORMER', sealed = '', believed_until = ? + longest, since = ?
        where state = 'CURRENT'
        """,
        now + slack.toMillis(),
        now);
    tx.update("update ticket_keys set state = 'CURRENT', since = ? where state = 'NEXT'", now);
    forget(tx, now);
    DocumentTable.touch(tx, Kind.TICKET_KEY, "changed");
  }

  /** Those that sign no more are withdrawn if that machine was given them. */
  static void withdraw(Tx tx, String machine) throws SQLException {
    tx.update(
        """
        update ticket_keys set state = 'WITHDRAWN', since = ?
        where state = 'FORMER'
          and public_key in (select public_key from ticket_key_holders where machine = ?)
        """,
        tx.nowMillis(),
        machine);
  }

  /** Whether that machine was given a key that counts for something. */
  static boolean holds(Tx tx, String machine) throws SQLException {
    return tx.first(
            row -> row.getInt(1),
            """
            select 1 from ticket_key_holders h join ticket_keys k on k.public_key = h.public_key
            where h.machine = ? and k.state <> 'WITHDRAWN' limit 1
            """,
            machine)
        .isPresent();
  }

  private static void forget(Tx tx, long now) throws SQLException {
    tx.update("delete from ticket_keys where believed_until <= ?", now);
    tx.update(
        """
        delete from ticket_key_holders
        where public_key not in (select public_key from ticket_keys)
        """);
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("public_key"),
        State.valueOf(row.getString("state")),
        row.getString("sealed"),
        row.getString("sealed_by"),
        row.getLong("since"),
        Duration.ofMillis(row.getLong("longest")));
  }
}
