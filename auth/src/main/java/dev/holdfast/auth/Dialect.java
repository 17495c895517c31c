package dev.holdfast.auth;

import java.sql.SQLException;

/** What differs between the databases; everything else is the same SQL for both. */
enum Dialect {
  /** A file, one connection on one thread; of two processes while one takes over. */
  SQLITE(
      "cast((julianday('now') - 2440587.5) * 86400000 as integer)",
      // SQLITE_BUSY: another process, which takes over or is taken over from, was faster.
      5,
      ""),

  /** PostgreSQL and what speaks its protocol; several services may share it. */
  POSTGRESQL(
      "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
      // Class 40, transaction rollback: the server says that nothing was done.
      0,
      "40");

  private final String nowMillis;
  private final int againCode;
  private final String againClass;

  Dialect(String nowMillis, int againCode, String againClass) {
    this.nowMillis = nowMillis;
    this.againCode = againCode;
    this.againClass = againClass;
  }

  /** The expression for the database's own time, in milliseconds since 1970. */
  String nowMillis() {
    return nowMillis;
  }

  /** Whether a transaction that failed so has done nothing and may be run again. */
  boolean mayRunAgain(SQLException e) {
    return againClass.isEmpty()
        ? e.getErrorCode() == againCode
        : e.getSQLState() != null && e.getSQLState().startsWith(againClass);
  }
}
