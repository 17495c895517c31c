package dev.holdfast.auth;

import dev.holdfast.access.Authority;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The authorities' public keys and what each does now. */
final class AuthorityTable {
  private AuthorityTable() {}

  static void add(Tx tx, Authority authority) throws SQLException {
    tx.update(
        """
        insert into authorities (fingerprint, kind, state, public_key, believed_until)
        values (?, ?, ?, ?, null)
        """,
        authority.fingerprint(),
        authority.kind().name(),
        authority.state().name(),
        authority.key());
    DocumentTable.touch(tx, Kind.AUTHORITY, "changed");
  }

  /** The one of that state, of which there is at most one unless it is a former one. */
  static Optional<Authority> the(Tx tx, Authority.Kind kind, Authority.State state)
      throws SQLException {
    return believed(tx).stream()
        .filter(one -> one.kind() == kind && one.state() == state)
        .findFirst();
  }

  /**
   * The one that signs is a former one from now on, and the next one signs.
   *
   * @param millis for which the former one is still believed
   */
  static void advance(Tx tx, Authority.Kind kind, long millis) throws SQLException {
    tx.update(
        """
        update authorities set state = 'FORMER', believed_until = ?
        where kind = ? and state = 'CURRENT'
        """,
        tx.nowMillis() + millis,
        kind.name());
    tx.update(
        "update authorities set state = 'CURRENT' where kind = ? and state = 'NEXT'", kind.name());
    DocumentTable.touch(tx, Kind.AUTHORITY, "changed");
  }

  /** Former ones are believed no more. */
  static int dropFormer(Tx tx, Authority.Kind kind) throws SQLException {
    int dropped =
        tx.update("delete from authorities where kind = ? and state = 'FORMER'", kind.name());
    DocumentTable.touch(tx, Kind.AUTHORITY, "changed");
    return dropped;
  }

  /** Those that are believed now, the ones that sign first. */
  static List<Authority> believed(Tx tx) throws SQLException {
    return tx.all(
        AuthorityTable::authority,
        """
        select kind, state, public_key, fingerprint from authorities
        where believed_until is null or believed_until > ? order by state, fingerprint
        """,
        tx.nowMillis());
  }

  private static Authority authority(ResultSet row) throws SQLException {
    return new Authority(
        Authority.Kind.valueOf(row.getString("kind")),
        Authority.State.valueOf(row.getString("state")),
        row.getString("public_key"),
        row.getString("fingerprint"));
  }
}
