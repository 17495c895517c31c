package dev.holdfast.auth;

import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * What one of several auth services does at a time: it has the duty for a while, by the database's
 * clock, and a number that grows each time somebody else has it, the fence. What it changes it
 * changes only while the fence is its own, in the same transaction.
 */
final class Duty {
  private Duty() {}

  /**
   * Takes a duty that nobody has, or keeps it.
   *
   * @param holder who asks, unlike everybody else
   * @return the fence; nothing if somebody else has it
   */
  static OptionalLong take(Tx tx, String name, String holder, Duration time) throws SQLException {
    long now = tx.nowMillis();
    tx.update(
        """
        insert into duties (name, holder, fence, until) values (?, '', 0, 0)
        on conflict (name) do nothing
        """,
        name);
    int kept =
        tx.update(
            "update duties set until = ? where name = ? and holder = ? and until > ?",
            now + time.toMillis(),
            name,
            holder,
            now);
    if (kept == 0
        && tx.update(
                """
                update duties set holder = ?, fence = fence + 1, until = ?
                where name = ? and until <= ?
                """,
                holder,
                now + time.toMillis(),
                name,
                now)
            == 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        tx.first(row -> row.getLong(1), "select fence from duties where name = ?", name)
            .orElseThrow());
  }

  /** Whether the duty is still that one's; if so it stays so until this transaction ends. */
  static boolean has(Tx tx, String name, long fence) throws SQLException {
    return tx.update(
            "update duties set fence = fence where name = ? and fence = ? and until > ?",
            name,
            fence,
            tx.nowMillis())
        == 1;
  }

  /** Gives it back, so that somebody else need not wait. */
  static int leave(Tx tx, String name, String holder) throws SQLException {
    return tx.update("update duties set until = 0 where name = ? and holder = ?", name, holder);
  }
}
