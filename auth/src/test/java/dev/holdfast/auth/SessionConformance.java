package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Change;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Labels;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.SessionRecords.Begun;
import dev.holdfast.auth.SessionRecords.HistoryQuery;
import dev.holdfast.auth.SessionRecords.LiveSession;
import dev.holdfast.auth.SessionRecords.SessionQuery;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How sessions end of which their nodes can't tell, whichever database is used. */
interface SessionConformance {
  Duration PAST = Duration.ofSeconds(-1);
  Duration EVER = Duration.ofDays(1000);

  /** The database, empty but for its tables. */
  Database database() throws Exception;

  private static AuditEvent start(NodeRecord node, String session, String epoch) {
    return AuditEvent.of(
        AuditCode.SESSION_STARTED,
        "alice",
        "session",
        session,
        "connection",
        "s1",
        "login",
        "deploy",
        "epoch",
        epoch,
        "server_id",
        node.id(),
        "server_name",
        node.name());
  }

  private static AuditEvent end(NodeRecord node, String session, AuditCode code) {
    return AuditEvent.of(code, "alice", "session", session, "server_id", node.id());
  }

  private static void sweep(Database database, Duration grace, Duration silence) {
    SessionSweeper.Times times = new SessionSweeper.Times(Duration.ofHours(1), grace, silence);
    new SessionSweeper(database, new AuditTrail(database), times).look();
  }

  private static List<String> lost(Database database) throws IOException {
    return database.transact(tx -> AuditTable.after(tx, 0, AuditQuery.LATEST)).stream()
        .map(AuditTable.Stored::json)
        .filter(it -> it.contains("\"T2003W\""))
        .toList();
  }

  @Test
  default void sessionsOfAnEpochThatIsOverGetAnEndOnce() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    NodeRecord node = RecordingConformance.NODE;
    NodeRecord other = RecordingConformance.OTHER;
    trail.record(start(node, "lost", "first"));
    trail.record(start(node, "ended", "first"));
    trail.record(start(node, "refused", "first"));
    trail.record(start(node, "lives", "second"));
    trail.record(start(other, "elsewhere", "first"));
    trail.record(end(node, "ended", AuditCode.SESSION_ENDED));
    trail.record(end(node, "refused", AuditCode.SESSION_REJECTED));
    LeaseBook book =
        new LeaseBook(database, trail, new LeaseTime(Duration.ofSeconds(2)), System::nanoTime);
    book.of(node.id()).drop(List.of("first"));
    sweep(database, Duration.ofHours(1), EVER);
    assertThat(lost(database)).isEmpty();
    sweep(database, PAST, EVER);
    sweep(database, PAST, EVER);
    assertThat(lost(database))
        .singleElement()
        .asString()
        .contains(
            "\"event\":\"session.end\"",
            "\"user\":\"alice\"",
            "\"session\":\"lost\"",
            "\"login\":\"deploy\"",
            "\"missing\":\"the end\"",
            "\"reason\":\"killed\"",
            "\"server_name\":\"web\"");
  }

  /** The process that was killed had kept the start on its disk, which the next one sends. */
  @Test
  default void aStartThatComesWhenItsEpochIsOverGetsAnEndAsWell() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    NodeRecord node = RecordingConformance.NODE;
    LeaseBook book =
        new LeaseBook(database, trail, new LeaseTime(Duration.ofSeconds(2)), System::nanoTime);
    book.of(node.id()).drop(List.of("first"));
    trail.record(start(node, "late", "first"));
    sweep(database, PAST, EVER);
    assertThat(lost(database)).singleElement().asString().contains("\"session\":\"late\"");
  }

  @Test
  default void sessionsOfANodeThatIsNotHeardOfGetAnEndAndThoseOfOneThatIsDoNot() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    NodeRecord node = RecordingConformance.NODE;
    trail.record(start(node, "silent", "first"));
    trail.record(start(RecordingConformance.OTHER, "removed", "first"));
    database.transact(tx -> MachineTable.join(tx, node, Labels.NONE));
    database.transact(tx ->
        MachineTable.heartbeat(
            tx, new Heartbeat(node.id(), Labels.NONE, List.of(), List.of(), "")));
    sweep(database, EVER, Duration.ofHours(1));
    assertThat(lost(database)).isEmpty();
    sweep(database, EVER, PAST);
    assertThat(lost(database))
        .hasSize(2)
        .allSatisfy(it -> assertThat(it).contains("\"reason\":\"silent\""));
    trail.record(end(node, "silent", AuditCode.SESSION_ENDED));
    sweep(database, EVER, PAST);
    assertThat(lost(database)).hasSize(2);
  }

  @Test
  default void whatGoesOnIsListedByPagesCountedAndEnded() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    NodeRecord node = RecordingConformance.NODE;
    for (String session : List.of("one", "two", "three")) {
      trail.record(start(node, session, "first"));
    }
    List<LiveSession> page = list(database, Optional.empty());
    List<LiveSession> rest = list(database, Optional.of(page.getLast().session()));
    assertThat(page).hasSize(2);
    assertThat(rest).hasSize(1);
    assertThat(Stream.concat(page.stream(), rest.stream()).map(LiveSession::session))
        .containsExactlyInAnyOrder("one", "two", "three");
    Instant now = Instant.now();
    HistoryQuery day =
        new HistoryQuery(
            now.minus(Duration.ofHours(12)), now.plus(Duration.ofHours(12)), Duration.ofDays(1));
    List<Begun> alices =
        database.transact(tx -> LiveSessions.history(tx, day, Optional.of("alice")));
    assertThat(alices).containsExactly(new Begun(day.from().truncatedTo(ChronoUnit.MILLIS), 3));
    List<Begun> bobs = database.transact(tx -> LiveSessions.history(tx, day, Optional.of("bob")));
    assertThat(bobs).isEmpty();
    SessionCalls calls = new SessionCalls(database, trail);
    calls.call(new Caller.Host(), new Named("two"));
    assertThat(calls.ending())
        .containsExactly(
            new Change.SessionEnding("two", "This session was ended by an administrator."));
    trail.record(end(node, "two", AuditCode.SESSION_ENDED));
    assertThat(calls.ending()).isEmpty();
  }

  private static List<LiveSession> list(Database database, Optional<String> before)
      throws IOException {
    SessionQuery query =
        new SessionQuery(
            Optional.of("alice"),
            Optional.of(RecordingConformance.NODE.name()),
            Optional.of(2),
            before);
    return database.transact(tx -> LiveSessions.list(tx, query));
  }
}
