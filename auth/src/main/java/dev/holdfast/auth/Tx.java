package dev.holdfast.auth;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One transaction. Confined to the thread that runs it. */
final class Tx {
  /** Seconds that one statement may take. */
  static final int STATEMENT_SECONDS = 10;

  private final Connection connection;
  private final Dialect dialect;
  private long revision;

  Tx(Connection connection, Dialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  /** Makes something of a row. */
  @FunctionalInterface
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** The database's time: the only one that is compared with what is stored. */
  long nowMillis() throws SQLException {
    return first(row -> row.getLong(1), "select " + dialect.nowMillis()).orElseThrow();
  }

  Instant now() throws SQLException {
    return Instant.ofEpochMilli(nowMillis());
  }

  /**
   * The revision of what this transaction changes. Whoever has one holds up every other change
   * until it has committed: revisions become visible in their order.
   */
  long revision() throws SQLException {
    if (revision == 0) {
      revision = next("revision");
    }
    return revision;
  }

  /** The next number of a counter; visible in order, as {@link #revision()}. */
  long next(String counter) throws SQLException {
    return first(
            row -> row.getLong(1),
            "update counters set value = value + 1 where name = ? returning value",
            counter)
        .orElseThrow(() -> new SQLException("there is no counter " + counter));
  }

  int update(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    }
  }

  <T> List<T> all(Row<T> how, String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet rows = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(how.of(rows));
      }
      return all;
    }
  }

  /**
   * How much is read at a time.
   *
   * @param most together; there is one row at least
   * @param size of what was made of a row
   */
  record Bound<T>(long most, ToLongFunction<T> size) {}

  /** The first rows, no more than the bound says. */
  <T> List<T> someOf(Row<T> how, Bound<T> bound, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet rows = statement.executeQuery()) {
      List<T> some = new ArrayList<>();
      long size = 0;
      while (size < bound.most && rows.next()) {
        T one = how.of(rows);
        size += bound.size.applyAsLong(one);
        some.add(one);
      }
      return some;
    }
  }

  Dialect dialect() {
    return dialect;
  }

  <T> Optional<T> first(Row<T> how, String sql, @Nullable Object... values) throws SQLException {
    List<T> all = all(how, sql, values);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
  }

  private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setQueryTimeout(STATEMENT_SECONDS);
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }
}
