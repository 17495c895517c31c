package dev.holdfast.auth;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * The tables, and how they came about: each step is run once, in order, in a transaction of its
 * own. A step is never changed once it was released; what is to be otherwise is a new one.
 */
final class Migrations {
  /** How often a step is tried that another service is doing at the same time. */
  private static final int MOST_TRIES = 20;

  /**
   * One step.
   *
   * @param statements that are run first
   * @param then what SQL can't say
   */
  private record Step(Function<Dialect, List<String>> statements, Then then) {
    static Step of(List<String> statements) {
      return new Step(dialect -> statements, tx -> {});
    }
  }

  /** What a step does besides. */
  @FunctionalInterface
  interface Then {
    void run(Tx tx) throws SQLException;
  }

  private static final List<Step> STEPS =
      List.of(
          Step.of(
              List.of(
                  "create table counters (name text primary key, value bigint not null)",
                  "insert into counters values ('revision', 0), ('serial', 0), ('audit', 0)",
                  """
                  create table documents (
                    kind text not null, name text not null, revision bigint not null, body text,
                    primary key (kind, name))
                  """,
                  "create index documents_revision on documents (revision)",
                  "create table user_keys (key text primary key, user_name text not null)",
                  """
                  create table machines (
                    id text primary key, kind text not null, name text not null,
                    host_key text not null unique, labels text not null, body text not null,
                    last_seen bigint, joined bigint not null, unique (kind, name))
                  """,
                  """
                  create table tokens (
                    id text primary key, purpose text not null, hash text not null, body text not null,
                    expires bigint not null, uses_left integer not null)
                  """,
                  """
                  create table authorities (
                    fingerprint text primary key, kind text not null, state text not null,
                    public_key text not null, believed_until bigint)
                  """,
                  """
                  create table certificates (
                    serial bigint primary key, kind text not null, subject text not null,
                    fingerprint text not null, principals text not null, issued bigint not null,
                    valid_before bigint not null)
                  """,
                  """
                  create table audit (
                    seq bigint primary key, id text not null, time bigint not null,
                    code text not null, event text not null, user_name text not null,
                    body text not null)
                  """,
                  "create index audit_time on audit (time)",
                  """
                  create table second_factors (
                    user_name text primary key, secret text not null, last_step bigint not null,
                    failures integer not null, blocked_until bigint not null)
                  """)),
          Step.of(
              List.of(
                  """
                  create table leases (
                    id text primary key, user_name text not null, machine text not null,
                    epoch text not null, login text not null, address text not null,
                    state text not null, version bigint not null, timeout bigint not null,
                    detached integer not null, taken bigint not null)
                  """,
                  "create index leases_user on leases (user_name, state)",
                  "create index leases_epoch on leases (machine, epoch)",
                  "create table lease_turns (user_name text primary key, turn bigint not null)")),
          Step.of(RecordingTable.TABLES),
          new Step(AuditWords::tables, AuditTable::index),
          Step.of(OpenSessions.TABLES),
          Step.of(TicketKeyTable.TABLES),
          Step.of(BridgeCertificates.TABLES),
          Step.of(OpenSessions.MORE),
          Step.of(OpenSessions.TERMINALS));

  private final Database database;

  Migrations(Database database) {
    this.database = database;
  }

  /** The number of steps, which is the version of the tables. */
  static int version() {
    return STEPS.size();
  }

  void run() throws IOException {
    int version = version(database);
    if (version > STEPS.size()) {
      throw new IOException(
          "The database is of a newer version of Holdfast (%d, not %d); use that one."
              .formatted(version, STEPS.size()));
    }
    for (int step = version + 1; step <= STEPS.size(); step++) {
      retrying(step);
    }
  }

  private void retrying(int step) throws IOException {
    for (int i = 1; version(database) < step; i++) {
      try {
        database.transact(tx -> run(tx, step));
      } catch (IOException e) {
        if (i == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static boolean run(Tx tx, int step) throws SQLException {
    // Of two services that do the same step one fails here, at the latest when it commits.
    tx.update("insert into holdfast_schema values (?)", step);
    for (String statement : STEPS.get(step - 1).statements().apply(tx.dialect())) {
      tx.update(statement);
    }
    STEPS.get(step - 1).then().run(tx);
    return true;
  }

  private static int version(Database database) throws IOException {
    IOException last = null;
    for (int i = 1; i <= MOST_TRIES; i++) {
      try {
        return database.transact(tx -> {
          tx.update("create table if not exists holdfast_schema (version integer primary key)");
          return tx.first(
                  row -> row.getInt(1), "select coalesce(max(version), 0) from holdfast_schema")
              .orElse(0);
        });
      } catch (IOException e) {
        // PostgreSQL fails where two make the same table at once, "if not exists" or not.
        last = e;
      }
    }
    throw last == null ? new IOException("no version") : last;
  }
}
