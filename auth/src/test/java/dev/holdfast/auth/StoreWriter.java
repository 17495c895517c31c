package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process that writes one audit event after the other, and says of each when it was committed.
 */
public final class StoreWriter {
  private StoreWriter() {}

  /**
   * Runs until it is killed: the store's URL, the events' user, and for SQLite the directory of its
   * library.
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 3) {
      SqliteLibrary.keepIn(Path.of(args[2]));
    }
    try (Database database = Database.open(args[0])) {
      AuditTrail trail = new AuditTrail(database);
      for (int i = 1; ; i++) {
        trail.record(AuditEvent.of(AuditCode.LOGIN, args[1], "count", i));
        System.out.println(i);
      }
    }
  }

  /** Each event up to {@code last} is there once, in order, and at most one more. */
  static void check(String url, String user, @Nullable String last) throws Exception {
    AuditQuery query = StoreConformance.query(user, null).latest(AuditQuery.MOST);
    try (Database database = Database.open(url)) {
      List<AuditTable.Stored> all = database.transact(tx -> AuditTable.after(tx, 0, query));
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).json()).contains("\"count\":" + (i + 1) + "}");
      }
      assertThat(all.size())
          .isBetween(Integer.parseInt("" + last), Integer.parseInt("" + last) + 1);
    }
  }
}
