package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Records;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The join tokens, with the hashes of their secrets. */
final class TokenTable {
  private static final String COLUMNS =
      "select body, hash, expires, uses_left from tokens where id = ?";

  private TokenTable() {}

  /** What becomes of a token that somebody shows. */
  sealed interface Redeemed {
    /** It counts, and was used once more. */
    record Good(JoinToken token) implements Redeemed {}

    /** It does not count; why, in a sentence. */
    record Bad(String sentence) implements Redeemed {}
  }

  private record Found(JoinToken token, String hash) {}

  static void add(Tx tx, JoinToken token, String hash) throws SQLException {
    tx.update(
        "insert into tokens (id, purpose, hash, body, expires, uses_left) values (?, ?, ?, ?, ?,"
            + " ?)",
        token.id(),
        token.purpose().name(),
        hash,
        Records.write(token).line(),
        token.expires().toEpochMilli(),
        token.usesLeft());
  }

  /** Uses a token, unless it is none that counts now; of two that use its last use one does. */
  static Redeemed redeem(Tx tx, JoinSecret shown) throws SQLException {
    Optional<Found> found = tx.first(TokenTable::found, COLUMNS, shown.id());
    if (found.isEmpty() || !isSame(found.get().hash, shown.hash())) {
      return new Redeemed.Bad("There is no such join token; ask for a new one.");
    }
    JoinToken token = found.get().token;
    if (token.purpose() != shown.purpose()) {
      return new Redeemed.Bad("This join token is for another purpose; ask for a new one.");
    }
    if (token.expires().toEpochMilli() <= tx.nowMillis()) {
      return new Redeemed.Bad("This join token has expired; ask for a new one.");
    }
    int used =
        tx.update(
            "update tokens set uses_left = uses_left - 1 where id = ? and uses_left > 0",
            shown.id());
    return used == 1
        ? new Redeemed.Good(token)
        : new Redeemed.Bad("This join token was used already; ask for a new one.");
  }

  private static boolean isSame(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  /** Those that could still be used. */
  static List<JoinToken> all(Tx tx) throws SQLException {
    return tx.all(
        row -> found(row).token,
        """
        select body, hash, expires, uses_left from tokens
        where expires > ? and uses_left > 0 order by expires
        """,
        tx.nowMillis());
  }

  static boolean remove(Tx tx, String id) throws SQLException {
    return tx.update("delete from tokens where id = ?", id) == 1;
  }

  private static Found found(ResultSet row) throws SQLException {
    JoinToken made = DocumentTable.read(row.getString("body"), JoinToken.class);
    JoinToken now =
        new JoinToken(
            made.id(),
            made.purpose(),
            Instant.ofEpochMilli(row.getLong("expires")),
            row.getInt("uses_left"),
            made.labels(),
            made.name(),
            made.roles());
    return new Found(now, row.getString("hash"));
  }
}
