package dev.holdfast.auth;

import java.sql.SQLException;

/** What differs between the databases; everything else is the same SQL for both. */
enum Dialect {
  /** A file, one connection on one thread. */
  SQLITE("cast((julianday('now') - 2440587.5) * 86400000 as integer)", "-"),

  /** PostgreSQL and what speaks its protocol; several services may share it. */
  POSTGRESQL(
      "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
      // Class 40, transaction rollback: the server says that nothing was done.
      "40");

  private final String nowMillis;
  private final String again;

  Dialect(String nowMillis, String again) {
    this.nowMillis = nowMillis;
    this.again = again;
  }

  /** The expression for the database's own time, in milliseconds since 1970. */
  String nowMillis() {
    return nowMillis;
  }

  /** Whether a transaction that failed so has done nothing and may be run again. */
  boolean mayRunAgain(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith(again);
  }
}
