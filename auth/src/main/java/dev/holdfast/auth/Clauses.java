package dev.holdfast.auth;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A query that grows clause by clause, with the values of its question marks. For one thread. */
final class Clauses {
  private final StringBuilder sql;
  private final List<Object> values = new ArrayList<>();

  /** Begins with so much of it. */
  Clauses(String begin, Object... values) {
    sql = new StringBuilder(begin);
    this.values.addAll(List.of(values));
  }

  /** Adds a clause, whose text is ours and whose values may be anybody's. */
  Clauses and(String clause, Object... more) {
    sql.append(clause);
    values.addAll(List.of(more));
    return this;
  }

  /** What it finds. */
  <T> List<T> all(Tx tx, Tx.Row<T> how) throws SQLException {
    return tx.all(how, sql.toString(), values.toArray());
  }

  /** The first of what it finds, within a bound. */
  <T> List<T> some(Tx tx, Tx.Row<T> how, Tx.Bound<T> bound) throws SQLException {
    return tx.someOf(how, bound, sql.toString(), values.toArray());
  }
}
