package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.InvalidRecordException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How audit events are kept and found, whichever database they are in. */
interface AuditConformance {
  /** The database, empty but for its tables. */
  Database database() throws Exception;

  @Test
  default void eventsAreFoundByWordsAndTheirBeginningsInAnyCaseAndOrder() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    trail.record(
        AuditEvent.of(
            AuditCode.FILE_REMOVED,
            "Zoë",
            "path",
            "/srv/Büro/12e45abc.TXT",
            "from",
            "10.0.0.7",
            "count",
            4711));
    trail.record(AuditEvent.of(AuditCode.LOGIN, "bob", "from", "10.0.0.8"));
    for (String words :
        List.of(
            "txt srv",
            "BÜRO",
            "büro",
            "zoë",
            "12e45",
            "4711",
            "t2021i",
            "sftp.remove",
            "10.0.0.7",
            "\"txt' & srv\"*")) {
      assertThat(found(database, words)).as(words).hasSize(1);
    }
    assertThat(found(database, "10.0.0")).hasSize(2);
    assertThat(found(database, "xt")).isEmpty();
    assertThat(found(database, "txt bob")).isEmpty();
    assertThat(found(database, "txt OR bob")).isEmpty();
    assertThatThrownBy(() -> found(database, "-- %"))
        .isInstanceOf(InvalidRecordException.class)
        .hasMessage("1 to 16 words of letters and digits are searched for at a time.");
    assertThatThrownBy(() -> found(database, "a b c d e f g h i j k l m n o p q"))
        .isInstanceOf(InvalidRecordException.class);
  }

  private static List<AuditTable.Stored> found(Database database, String words) throws IOException {
    AuditQuery query = StoreConformance.query(null, words);
    return database.transact(tx -> AuditTable.search(tx, query));
  }

  @Test
  default void anEventThatIsSentTwiceIsKeptOnceAndLeavesNoGap() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    String uid = "00000000-0000-4000-8000-00000000000a";
    trail.record(AuditEvent.of(AuditCode.LOGIN, "a", "uid", uid));
    trail.record(AuditEvent.of(AuditCode.LOGIN, "a", "uid", uid));
    trail.record(AuditEvent.of(AuditCode.LOGIN, "b"));
    List<AuditTable.Stored> all =
        database.transact(tx -> AuditTable.after(tx, 0, AuditQuery.LATEST));
    assertThat(all).extracting(AuditTable.Stored::seq).containsExactly(1L, 2L);
    assertThat(all.getFirst().json()).contains("\"uid\":\"" + uid + "\"");
  }

  @Test
  default void pagesOfEventsAreBoundedAndTogetherAreAll() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    String long1 = "x".repeat(4_000);
    for (int i = 0; i < 150; i++) {
      int number = i;
      trail.change((tx, events) -> {
        for (int j = 0; j < 4; j++) {
          events.add(AuditEvent.of(AuditCode.LOGIN, "a", "n", number, "long", long1));
        }
        return true;
      });
    }
    List<Long> forwards = new ArrayList<>();
    AuditQuery all = AuditQuery.LATEST;
    for (List<AuditTable.Stored> page = page(database, all.after(0, AuditQuery.MOST));
        !page.isEmpty();
        page = page(database, all.after(page.getLast().seq(), AuditQuery.MOST))) {
      assertThat(page.size()).isLessThanOrEqualTo(AuditTable.MOST_CHARACTERS / 4_000 + 1);
      page.forEach(it -> forwards.add(it.seq()));
    }
    assertThat(forwards).hasSize(600).isSorted().doesNotHaveDuplicates();
    List<Long> backwards = new ArrayList<>();
    for (List<AuditTable.Stored> page = page(database, all.latest(AuditQuery.MOST));
        !page.isEmpty();
        page = page(database, all.before(page.getFirst().seq(), AuditQuery.MOST))) {
      page.reversed().forEach(it -> backwards.add(it.seq()));
    }
    assertThat(backwards).hasSize(600).containsExactlyElementsOf(forwards.reversed());
  }

  private static List<AuditTable.Stored> page(Database database, AuditQuery query)
      throws IOException {
    return database.transact(tx -> AuditTable.search(tx, query));
  }
}
