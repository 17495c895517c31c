package dev.holdfast.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The statements that a lease needs, and nothing else: its user's turn, what he holds, a row, and
 * its release, in one transaction each. One connection, used by one at a time.
 */
final class PlainLeases implements LeaseSpeed.Contender {
  private final Connection connection;

  private PlainLeases(Connection connection) {
    this.connection = connection;
  }

  static PlainLeases open(String url) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:" + url);
    try (Statement statement = connection.createStatement()) {
      if (url.startsWith("sqlite:")) {
        statement.execute("pragma journal_mode = wal");
        statement.execute("pragma synchronous = full");
      }
      statement.execute("create table plain_turns (user_name text primary key, turn bigint)");
      statement.execute(
          "create table plain_leases (id text primary key, user_name text, state text, version"
              + " bigint)");
      statement.execute("create index plain_user on plain_leases (user_name, state)");
      connection.setAutoCommit(false);
      return new PlainLeases(connection);
    }
  }

  @Override
  public synchronized void take(int user, String id) throws SQLException {
    String name = "user" + user;
    update(
        "insert into plain_turns values (?, 1) on conflict (user_name) do update set turn ="
            + " plain_turns.turn + 1",
        name);
    query("select * from plain_leases where id = ?", id);
    query("select * from plain_leases where user_name = ? and state <> 'released'", name);
    update("insert into plain_leases values (?, ?, 'held', 1)", id, name);
    connection.commit();
  }

  @Override
  public synchronized void release(String id) throws SQLException {
    update("update plain_leases set state = 'released', version = version + 1 where id = ?", id);
    connection.commit();
  }

  private void update(String sql, String... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values)) {
      statement.executeUpdate();
    }
  }

  private void query(String sql, String... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        rows.getString(1);
      }
    }
  }

  private PreparedStatement prepare(String sql, String... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
