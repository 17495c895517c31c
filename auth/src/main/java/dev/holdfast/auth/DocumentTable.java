package dev.holdfast.auth;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import dev.holdfast.access.Records;
import dev.holdfast.access.WrongShapeException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table of records that change seldom and that others watch: each with the revision of its last
 * change. One that was removed leaves its name and revision.
 */
final class DocumentTable {
  private DocumentTable() {}

  /** A change; without a body something was removed. */
  record Changed(String kind, String name, long revision, @Nullable String body) {}

  static void put(Tx tx, Kind kind, String name, Record body) throws SQLException {
    write(tx, kind, name, Records.write(body).line());
  }

  /** Whether it was there. */
  static boolean remove(Tx tx, Kind kind, String name) throws SQLException {
    boolean there = body(tx, kind, name).isPresent();
    if (there) {
      write(tx, kind, name, null);
    }
    return there;
  }

  /** Leaves nothing: nobody need be told of it any more. */
  static void forget(Tx tx, Kind kind, String name) throws SQLException {
    tx.update("delete from documents where kind = ? and name = ?", kind.word(), name);
  }

  /** Leaves a mark that something of that name is not as it was. */
  static void touch(Tx tx, Kind kind, String name) throws SQLException {
    write(tx, kind, name, null);
  }

  private static void write(Tx tx, Kind kind, String name, @Nullable String body)
      throws SQLException {
    tx.update(
        """
        insert into documents (kind, name, revision, body) values (?, ?, ?, ?)
        on conflict (kind, name) do update set revision = excluded.revision, body = excluded.body
        """,
        kind.word(),
        name,
        tx.revision(),
        body);
  }

  static <T extends Record> Optional<T> get(Tx tx, Kind kind, String name, Class<T> type)
      throws SQLException {
    return body(tx, kind, name).map(body -> read(body, type));
  }

  static <T extends Record> List<T> all(Tx tx, Kind kind, Class<T> type) throws SQLException {
    return tx.all(
        row -> read(row.getString(1), type),
        "select body from documents where kind = ? and body is not null order by name",
        kind.word());
  }

  /** The oldest changes after {@code revision}, in their order. */
  static List<Changed> after(Tx tx, long revision, int most) throws SQLException {
    return tx.all(
        row -> new Changed(row.getString(1), row.getString(2), row.getLong(3), row.getString(4)),
        """
        select kind, name, revision, body from documents where revision > ?
        order by revision limit ?
        """,
        revision,
        most);
  }

  static long lastRevision(Tx tx) throws SQLException {
    return tx.first(row -> row.getLong(1), "select value from counters where name = 'revision'")
        .orElseThrow();
  }

  private static Optional<String> body(Tx tx, Kind kind, String name) throws SQLException {
    return tx.first(
        row -> row.getString(1),
        "select body from documents where kind = ? and name = ? and body is not null",
        kind.word(),
        name);
  }

  /** What we wrote ourselves. */
  static <T> T read(String body, Class<T> type) {
    try {
      return Records.readOfPeer(Json.parse(body), type);
    } catch (MalformedJsonException | WrongShapeException e) {
      throw new IllegalStateException("the database holds what is no " + type.getSimpleName(), e);
    }
  }
}
