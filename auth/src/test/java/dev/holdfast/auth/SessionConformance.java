package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Labels;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.NodeRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
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
}
