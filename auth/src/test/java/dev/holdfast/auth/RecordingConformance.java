package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.recording.PartStore.Subject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the list of recordings is kept, whichever database it is in. */
interface RecordingConformance {
  NodeRecord NODE = node("00000000-0000-4000-8000-000000000001", "web");
  NodeRecord OTHER = node("00000000-0000-4000-8000-000000000002", "db");
  Subject ALICE = new Subject("alice", "deploy", "s1", Instant.parse("2026-01-31T12:00:00Z"));
  Reader ALL = new Reader("root", true);
  String ONE = "1".repeat(32);
  String TWO = "2".repeat(32);
  byte[] PART = "part".getBytes(UTF_8);

  /** The database, empty but for its tables. */
  Database database() throws Exception;

  private static NodeRecord node(String id, String name) {
    return new NodeRecord(
        id,
        ServiceKind.NODE,
        name,
        "ssh-ed25519 AAAA",
        new Labels(Map.of()),
        List.of(),
        List.of(),
        "",
        Optional.empty(),
        false);
  }

  @Test
  default void aNodeWritesItsOwnRecordingsAndNothingTwice() throws Exception {
    Database database = database();
    MemoryStore store = new MemoryStore();
    Recordings recordings = new Recordings(database, new AuditTrail(database), store);
    recordings.begin(NODE, ONE, ALICE);
    recordings.put(NODE, ONE, 0, PART);
    recordings.put(NODE, ONE, 0, PART);
    assertThatThrownBy(() -> recordings.put(NODE, ONE, 0, "other".getBytes(UTF_8)))
        .isInstanceOf(InvalidRecordException.class)
        .hasMessage("Part 0 of the recording %s was put already, and was another.".formatted(ONE));
    assertThatThrownBy(() -> recordings.put(OTHER, ONE, 1, PART))
        .hasMessage("The recording %s is another node's.".formatted(ONE));
    assertThatThrownBy(() -> recordings.ownParts(OTHER, ONE))
        .hasMessage("The recording %s is another node's.".formatted(ONE));
    assertThatThrownBy(() -> recordings.complete(OTHER, ONE))
        .hasMessage("The recording %s is another node's.".formatted(ONE));
    for (String hostile : List.of("", "../x", ONE.toUpperCase(java.util.Locale.ROOT) + "A")) {
      assertThatThrownBy(() -> recordings.put(NODE, hostile, 0, PART))
          .isInstanceOf(InvalidRecordException.class);
    }
    assertThatThrownBy(() -> recordings.put(NODE, ONE, RecordingStore.MOST_PARTS, PART))
        .hasMessage("A recording has at most 100000 parts.");
    assertThatThrownBy(() -> recordings.put(NODE, ONE, 1, new byte[RecordingStore.MOST_PART + 1]))
        .hasMessage("A part has at most 16777216 bytes.");
    recordings.complete(NODE, ONE);
    recordings.complete(NODE, ONE);
    assertThatThrownBy(() -> recordings.put(NODE, ONE, 1, PART))
        .hasMessage("The recording %s is complete.".formatted(ONE));
    assertThat(list(recordings))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.user()).isEqualTo("alice");
          assertThat(it.login()).isEqualTo("deploy");
          assertThat(it.started()).isEqualTo(ALICE.started());
          assertThat(it.ended()).isPresent();
          assertThat(it.bytes()).isEqualTo(PART.length);
          assertThat(it.parts()).isEqualTo(1);
          assertThat(it.state()).isEqualTo(Recorded.State.COMPLETE);
        });
    assertThat(events(database, "T3001I")).hasSize(1);
  }

  @Test
  default void aPartThatTheStoreDidNotTakeIsNotThereAndCanBePutAgain() throws Exception {
    Database database = database();
    MemoryStore store = new MemoryStore();
    Recordings recordings = new Recordings(database, new AuditTrail(database), store);
    store.fails = true;
    assertThatThrownBy(() -> recordings.put(NODE, ONE, 0, PART)).isInstanceOf(IOException.class);
    assertThat(recordings.ownParts(NODE, ONE)).isEmpty();
    store.fails = false;
    recordings.put(NODE, ONE, 0, PART);
    assertThat(recordings.ownParts(NODE, ONE)).containsExactly(0);
    assertThat(list(recordings).getFirst().bytes()).isEqualTo(PART.length);
  }

  @Test
  default void whatItsNodeAbandonedIsCutByOneServiceAndGoesOnIfItComesBack() throws Exception {
    Database database = database();
    MemoryStore store = new MemoryStore();
    AuditTrail trail = new AuditTrail(database);
    Recordings recordings = new Recordings(database, trail, store);
    recordings.put(NODE, ONE, 0, PART);
    recordings.put(NODE, TWO, 0, PART);
    try (RecordingKeeper first = keeper(database, recordings, Duration.ofSeconds(-1), null);
        RecordingKeeper second = keeper(database, recordings, Duration.ofSeconds(-1), null)) {
      recordings.touch(NODE, List.of(TWO));
      first.look();
      second.look();
      assertThat(list(recordings)).extracting(Recorded::state).containsOnly(Recorded.State.CUT);
      assertThat(events(database, "T3001W"))
          .hasSize(2)
          .allSatisfy(it -> assertThat(it).contains("\"missing\":\"the end\""));
      assertThat(store.composed).containsExactlyInAnyOrder(ONE, TWO);
      recordings.put(NODE, ONE, 1, PART);
      assertThat(state(recordings, ONE)).isEqualTo(Recorded.State.OPEN);
      recordings.complete(NODE, ONE);
      first.look();
      assertThat(store.composed).containsExactlyInAnyOrder(ONE, TWO, ONE);
      assertThat(state(recordings, ONE)).isEqualTo(Recorded.State.COMPLETE);
    }
  }

  @Test
  default void aQuietRecordingOfANodeThatLivesIsNotCut() throws Exception {
    Database database = database();
    Recordings recordings = new Recordings(database, new AuditTrail(database), new MemoryStore());
    recordings.put(NODE, ONE, 0, PART);
    try (RecordingKeeper keeper = keeper(database, recordings, Duration.ofMinutes(6), null)) {
      keeper.look();
      assertThat(state(recordings, ONE)).isEqualTo(Recorded.State.OPEN);
    }
  }

  @Test
  default void whatIsOldEnoughIsRemovedUnlessItIsHeld() throws Exception {
    Database database = database();
    MemoryStore store = new MemoryStore();
    Recordings recordings = new Recordings(database, new AuditTrail(database), store);
    for (String id : List.of(ONE, TWO)) {
      recordings.put(NODE, id, 0, PART);
      recordings.complete(NODE, id);
    }
    recordings.hold("carol", TWO, "case 7");
    assertThatThrownBy(() -> recordings.delete("carol", TWO))
        .hasMessage("The recording %s is held (case 7); release it first.".formatted(TWO));
    try (RecordingKeeper keeper =
        keeper(database, recordings, Duration.ofMinutes(6), Duration.ofSeconds(-1))) {
      keeper.look();
    }
    assertThat(list(recordings)).extracting(Recorded::id).containsExactly(TWO);
    assertThat(store.recordings()).containsExactly(TWO);
    assertThat(events(database, "T3003I").getFirst()).contains("\"why\":\"retention\"");
    recordings.release("carol", TWO);
    recordings.delete("carol", TWO);
    assertThat(list(recordings)).isEmpty();
    assertThat(store.recordings()).isEmpty();
    assertThat(events(database, "T3003I").getLast()).contains("\"user\":\"carol\"");
  }

  @Test
  default void aListIsFilteredAndGoesOn() throws Exception {
    Database database = database();
    Recordings recordings = new Recordings(database, new AuditTrail(database), new MemoryStore());
    Instant start = ALICE.started();
    for (int i = 0; i < 10; i++) {
      recordings.begin(
          i % 2 == 0 ? NODE : OTHER,
          "%032x".formatted(i),
          new Subject(i < 5 ? "alice" : "bob", "root", "", start.plusSeconds(i / 2)));
    }
    RecordingQuery web = query(null, "web");
    assertThat(recordings.list(ALL, web)).hasSize(5);
    assertThat(recordings.list(ALL, query("bob", OTHER.id())))
        .extracting(Recorded::id)
        .containsExactly("%032x".formatted(9), "%032x".formatted(7), "%032x".formatted(5));
    RecordingQuery times =
        new RecordingQuery(
            Optional.empty(),
            Optional.of("root"),
            Optional.empty(),
            Optional.of(start.plusSeconds(1)),
            Optional.of(start.plusSeconds(4)),
            Optional.of(Recorded.State.OPEN),
            Optional.of(4),
            Optional.empty());
    List<Recorded> page = recordings.list(ALL, times);
    assertThat(page).extracting(Recorded::id).containsExactly(hex(7), hex(6), hex(5), hex(4));
    assertThat(recordings.list(ALL, times.before(page.getLast().id())))
        .extracting(Recorded::id)
        .containsExactly(hex(3), hex(2));
    recordings.complete(NODE, hex(6));
    assertThat(recordings.list(ALL, times))
        .extracting(Recorded::id)
        .containsExactly(hex(7), hex(5), hex(4), hex(3));
  }

  @Test
  default void aDutyIsOnesAtATimeAndItsFenceGrows() throws Exception {
    Database database = database();
    assertThat(take(database, "a", Duration.ofMinutes(1))).hasValue(1);
    assertThat(take(database, "b", Duration.ofMinutes(1))).isEmpty();
    assertThat(take(database, "a", Duration.ofMillis(-1))).hasValue(1);
    assertThat(has(database, 1)).isFalse();
    assertThat(take(database, "b", Duration.ofMinutes(1))).hasValue(2);
    assertThat(has(database, 1)).isFalse();
    assertThat(has(database, 2)).isTrue();
    database.transact(tx -> Duty.leave(tx, "x", "b"));
    assertThat(take(database, "a", Duration.ofMinutes(1))).hasValue(3);
  }

  private static OptionalLong take(Database database, String who, Duration time)
      throws IOException {
    return database.transact(tx -> Duty.take(tx, "x", who, time));
  }

  private static boolean has(Database database, long fence) throws IOException {
    return database.transact(tx -> Duty.has(tx, "x", fence));
  }

  private static String hex(int number) {
    return "%032x".formatted(number);
  }

  private static RecordingQuery query(@Nullable String user, String node) {
    return new RecordingQuery(
        Optional.ofNullable(user),
        Optional.empty(),
        Optional.of(node),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static RecordingKeeper keeper(
      Database database, Recordings recordings, Duration abandoned, @Nullable Duration retention) {
    return new RecordingKeeper(
        database,
        new AuditTrail(database),
        recordings,
        retention,
        new RecordingKeeper.Times(Duration.ofHours(1), Duration.ofMinutes(2), abandoned));
  }

  private static List<Recorded> list(Recordings recordings) throws IOException {
    return recordings.list(ALL, RecordingQuery.LATEST);
  }

  private static Recorded.State state(Recordings recordings, String id) throws IOException {
    return list(recordings).stream()
        .filter(it -> it.id().equals(id))
        .map(Recorded::state)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> events(Database database, String code) throws IOException {
    return database.transact(tx -> AuditTable.after(tx, 0, AuditQuery.LATEST)).stream()
        .map(AuditTable.Stored::json)
        .filter(it -> it.contains("\"code\":\"" + code + "\""))
        .toList();
  }
}
