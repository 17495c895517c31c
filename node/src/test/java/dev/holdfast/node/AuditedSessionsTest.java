package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.access.Change;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.Granted;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AuditedSessionsTest {
  private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.7", 4711);

  private final List<AuditEvent> events = new CopyOnWriteArrayList<>();
  private final CountDownLatch kept = new CountDownLatch(1);
  private final RunningSessions running = new RunningSessions();
  private final FakeProgram program = new FakeProgram();
  private final FakeClient client = new FakeClient(new Size(80, 24));
  private volatile @Nullable ClientEnd end;
  private volatile boolean away;

  private final AuditSink sink =
      new AuditSink() {
        @Override
        public void before(AuditEvent event) throws IOException {
          try {
            assertThat(kept.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          if (away) {
            throw new IOException("away");
          }
          events.add(event);
        }

        @Override
        public void after(AuditEvent event) {
          events.add(event);
        }
      };

  private ServedSession start(SessionRequest request) {
    Sessions sessions =
        (start, to) -> {
          end = to;
          return new SessionAnswer.Served(program);
        };
    SessionStart start =
        new SessionStart(
            new Login("deploy", FROM), FROM, request, Map.of(), null, false, null, Granted.NOTHING);
    SessionAnswer answer =
        new AuditedSessions(sessions, sink, login -> "alice", running).start(start, client);
    assertThat(answer).isInstanceOf(SessionAnswer.Served.class);
    return ((SessionAnswer.Served) answer).session();
  }

  @Test
  void nothingRunsBeforeItsStartIsKeptAndThenAllThatCameMeanwhileDoes() {
    ServedSession session = start(new SessionRequest.Exec("uname -a"));
    session.begin();
    assertThat(session.input("he".getBytes(UTF_8), 0, 2)).isZero();
    assertThat(session.input("llo".getBytes(UTF_8), 0, 3)).isZero();
    session.resize(new WindowSize(100, 30, 0, 0));
    assertThat(end).isNull();
    assertThat(program.typed()).isEmpty();
    kept.countDown();
    await(() -> program.sizes.size() == 1);
    assertThat(program.typed()).isEqualTo("hello");
    assertThat(client.consumed()).isEqualTo(5);
    await(() -> session.input("!".getBytes(UTF_8), 0, 1) == 1);
    end().exit(new Ending.Status(3));
    session.closed();
    assertThat(program.closed).isTrue();
    assertThat(events)
        .extracting(AuditEvent::code)
        .containsExactlyInAnyOrder(
            AuditCode.SESSION_RESIZED,
            AuditCode.SESSION_STARTED,
            AuditCode.COMMAND_ENDED,
            AuditCode.SESSION_ENDED);
    assertThat(only(AuditCode.SESSION_STARTED).user()).isEqualTo("alice");
    assertThat(only(AuditCode.SESSION_STARTED).fields())
        .containsEntry("login", "deploy")
        .containsEntry("command", "uname -a")
        .containsEntry("from", "192.0.2.7");
    assertThat(only(AuditCode.COMMAND_ENDED).fields()).containsEntry("exit_status", 3);
  }

  @Test
  void whatCanNotBeKeptDoesNotRunAndTheClientIsTold() {
    away = true;
    kept.countDown();
    ServedSession session = start(new SessionRequest.Shell());
    session.begin();
    await(() -> client.ending() != null);
    assertThat(client.text())
        .isEqualTo("This session can't be noted in the audit log now; try again soon.\n");
    assertThat(end).isNull();
    session.closed();
    assertThat(events).extracting(AuditEvent::code).containsExactly(AuditCode.SESSION_REJECTED);
  }

  @Test
  void oneThatSomebodyElseEndsTellsItsClientWhyAndIsOver() {
    kept.countDown();
    ServedSession session = start(new SessionRequest.Exec("sleep 1000"));
    session.begin();
    await(() -> end != null && running.size() == 1);
    String name = "" + only(AuditCode.SESSION_STARTED).fields().get("session");
    running.take(new Change.SessionEnding("another", "This is another's."));
    assertThat(client.ending()).isNull();
    running.take(new Change.SessionEnding(name, "This session was ended by carol."));
    await(() -> client.ending() != null);
    assertThat(client.text()).isEqualTo("This session was ended by carol.\n");
    assertThat(client.ending()).isEqualTo(new Ending.Status(254));
    await(() -> program.closed);
    program.closed = false;
    session.closed();
    assertThat(program.closed).as("told twice").isFalse();
    assertThat(running.size()).isZero();
    assertThat(only(AuditCode.SESSION_ENDED).fields())
        .containsEntry("reason", "This session was ended by carol.");
  }

  @Test
  void aClientThatGoesBeforeItsSessionBeganLeavesNone() {
    ServedSession session = start(new SessionRequest.Shell());
    session.begin();
    session.closed();
    kept.countDown();
    await(() -> events.size() == 2);
    await(() -> client.ending() != null);
    assertThat(end).isNull();
  }

  @Test
  void whatIsDoneToFilesIsTold() throws Exception {
    kept.countDown();
    ServedSession session = start(new SessionRequest.Subsystem("sftp"));
    session.begin();
    byte[] bytes = Files.readAllBytes(Path.of("src/test/fuzz/FileRequestsFuzz/changes"));
    session.input(bytes, 0, bytes.length);
    assertThat(only(AuditCode.FILE_RENAMED).fields())
        .containsEntry("path", "/a")
        .containsEntry("to", "/b");
    assertThat(only(AuditCode.FILE_REMOVED).fields()).containsEntry("path", "/x");
  }

  @Test
  void ofManyResizesTheLastIsTold() {
    kept.countDown();
    ServedSession session = start(new SessionRequest.Shell());
    session.begin();
    await(() -> session.input(new byte[1], 0, 1) == 1);
    for (int i = 1; i <= 1_000; i++) {
      session.resize(new WindowSize(i, 24, 0, 0));
    }
    session.closed();
    List<AuditEvent> resizes =
        events.stream().filter(it -> it.code() == AuditCode.SESSION_RESIZED).toList();
    assertThat(resizes.size()).isBetween(1, 100);
    assertThat(resizes.getLast().fields()).containsEntry("columns", 1_000);
    assertThat(program.sizes).hasSize(1_000);
  }

  private AuditEvent only(AuditCode code) {
    assertThat(events).filteredOn(it -> it.code() == code).hasSize(1);
    return events.stream().filter(it -> it.code() == code).findFirst().orElseThrow();
  }

  private ClientEnd end() {
    if (end == null) {
      throw new AssertionError("not started");
    }
    return end;
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
  }
}
