package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Granted;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.Terms;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who may join a live session, and what is told of it. */
@Timeout(60)
final class JoinableSessionsTest {
  private static final InetSocketAddress FROM = new InetSocketAddress("192.0.2.7", 4711);
  private static final Size SIZE = new Size(80, 24);
  private static final Pty PTY = new Pty("xterm", new WindowSize(80, 24, 0, 0), Map.of());

  @TempDir Path state;
  private final List<AuditEvent> events = new CopyOnWriteArrayList<>();
  private final LiveTerminals terminals = new LiveTerminals();
  private final RunningSessions running = new RunningSessions();
  private final FakeProgram program = new FakeProgram();
  private final FakeClient alice = new FakeClient(SIZE);
  private volatile @Nullable ClientEnd below;
  private volatile boolean away;
  private volatile RecordingPolicy bobs = RecordingPolicy.OFF;
  private String session = "";

  private final AuditSink sink =
      new AuditSink() {
        @Override
        public void before(AuditEvent event) throws IOException {
          if (away && event.code() == AuditCode.SESSION_JOINED) {
            throw new IOException("away");
          }
          events.add(event);
        }

        @Override
        public void after(AuditEvent event) {
          events.add(event);
        }
      };

  private final Sessions programs =
      new AnnouncedSessions((_, client) -> {
        below = client;
        return new SessionAnswer.Served(program);
      });

  private final AuditedSessions sessions = sessions(terminals, running);

  private AuditedSessions sessions(LiveTerminals with, RunningSessions beside) {
    return new AuditedSessions(
        new JoinableSessions(
            programs,
            with,
            beside::has,
            login -> login.terms().user().equals("bob") ? bobs : RecordingPolicy.OFF),
        sink,
        login -> login.terms().user(),
        beside);
  }

  @BeforeEach
  void aliceHasASession() {
    start("alice", "deploy", Joining.NO, new SessionRequest.Shell(), PTY, alice);
    await(() -> terminals.size() == 1 && below != null);
    session = "" + only(AuditCode.SESSION_STARTED).fields().get("session");
    events.clear();
  }

  private ServedSession start(
      String user,
      String account,
      Joining may,
      SessionRequest request,
      @Nullable Pty pty,
      FakeClient client) {
    return start(sessions, user, account, may, request, pty, client);
  }

  private static ServedSession start(
      AuditedSessions sessions,
      String user,
      String account,
      Joining may,
      SessionRequest request,
      @Nullable Pty pty,
      FakeClient client) {
    SessionStart start =
        new SessionStart(
            login(user, account, may), FROM, request, Map.of(), pty, false, null, Granted.NOTHING);
    SessionAnswer answer = sessions.start(start, client);
    ServedSession served = ((SessionAnswer.Served) answer).session();
    served.begin();
    return served;
  }

  private static Login login(String user, String account, Joining may) {
    return new Login(
        account,
        FROM,
        Optional.empty(),
        new Credential.Untold(),
        "s2",
        Permissions.ALL,
        null,
        new Terms(user, RoleOptions.NONE.withJoinSessions(may)));
  }

  private ServedSession join(Joining may, String words, FakeClient client) {
    SessionRequest request = new SessionRequest.Exec("holdfast-join " + words);
    return start("bob", "deploy", may, request, PTY, client);
  }

  private void assertRefused(FakeClient client, String sentence) {
    await(() -> client.ending() != null);
    assertThat(client.text().strip()).isEqualTo(sentence);
    assertThat(client.ending()).isEqualTo(new Ending.Status(254));
    assertThat(only(AuditCode.SESSION_REJECTED).fields()).containsEntry("reason", sentence);
    assertThat(only(AuditCode.SESSION_REJECTED).user()).isEqualTo("bob");
    assertThat(events).noneMatch(it -> it.code() == AuditCode.SESSION_JOINED);
    assertThat(alice.text()).isEmpty();
  }

  @Test
  void whoMayJoinTypesAndEachComingAndGoingIsAnEvent() throws Exception {
    FakeClient bob = new FakeClient(SIZE);
    ServedSession his = join(Joining.JOIN, session, bob);
    await(() -> bob.text().contains("[bob has joined and may type; here: alice, bob]"));
    assertThat(only(AuditCode.SESSION_JOINED).fields())
        .containsEntry("joined", session)
        .containsEntry("of", "alice")
        .containsEntry("mode", "join")
        .containsEntry("connection", "s2");
    his.input(new byte[] {'x'}, 0, 1);
    await(() -> program.typed().equals("x"));
    ClientEnd end = Objects.requireNonNull(below);
    FakeProgram.write(end, "both see it", 100);
    assertThat(alice.text()).contains("both see it");
    assertThat(bob.text()).contains("both see it");
    his.closed();
    await(() -> alice.text().contains("[bob has left; here: alice]"));
    assertThat(only(AuditCode.SESSION_LEFT).fields())
        .containsEntry("joined", session)
        .containsEntry("of", "alice");
    assertThat(only(AuditCode.SESSION_LEFT).user()).isEqualTo("bob");
  }

  @Test
  void nobodyIsShownAnythingBeforeItsEventIsKept() {
    away = true;
    FakeClient bob = new FakeClient(SIZE);
    join(Joining.JOIN, session, bob);
    assertRefused(bob, "That you join can't be noted in the audit log now; try again soon.");
  }

  @Test
  void whoMayNotJoinIsTold() {
    FakeClient bob = new FakeClient(SIZE);
    join(Joining.NO, session, bob);
    assertRefused(
        bob,
        "Your roles do not let you join sessions of others; ask an administrator for one with"
            + " 'join_sessions'.");
  }

  @Test
  void whoMayOnlyObserveIsToldHowAndThenTypesNothing() {
    FakeClient first = new FakeClient(SIZE);
    join(Joining.OBSERVE, session, first);
    assertRefused(
        first, "Your roles let you observe sessions of others, not type there; say --observe.");
    FakeClient bob = new FakeClient(SIZE);
    ServedSession his = join(Joining.OBSERVE, "--observe " + session, bob);
    await(() -> bob.text().contains("[bob looks on; here: alice, bob]"));
    his.input(new byte[] {'x'}, 0, 1);
    his.signal("INT");
    assertThat(program.typed()).isEmpty();
    assertThat(only(AuditCode.SESSION_JOINED).fields()).containsEntry("mode", "observe");
  }

  @Test
  void aSessionOfAnotherAccountIsNotJoined() {
    FakeClient bob = new FakeClient(SIZE);
    SessionRequest request = new SessionRequest.Exec("holdfast-join " + session);
    start("bob", "bob", Joining.JOIN, request, PTY, bob);
    assertRefused(
        bob,
        "Session "
            + session
            + " is not one of the account bob; log in as the account that it runs as.");
  }

  @Test
  void whoIsToBeRecordedDoesNotGetAroundIt() {
    bobs = RecordingPolicy.of(RecordingMode.NODE);
    FakeClient bob = new FakeClient(SIZE);
    join(Joining.JOIN, session, bob);
    assertRefused(
        bob,
        "Session "
            + session
            + " is not recorded as your roles want it of you, so you can't join it; ask an"
            + " administrator.");
  }

  @Test
  void withoutATerminalNobodyJoins() {
    FakeClient bob = new FakeClient(SIZE);
    SessionRequest request = new SessionRequest.Exec("holdfast-join " + session);
    start("bob", "deploy", Joining.JOIN, request, null, bob);
    assertRefused(bob, "Joining a session takes a terminal; use 'ssh -t', or 'holdfast join'.");
  }

  @Test
  void whatIsNotThereOrHasEndedIsNotJoined() {
    ClientEnd end = Objects.requireNonNull(below);
    end.exit(new Ending.Status(0));
    assertThat(terminals.size()).isZero();
    FakeClient bob = new FakeClient(SIZE);
    join(Joining.JOIN, "12", bob);
    await(() -> bob.ending() != null);
    assertThat(bob.text()).startsWith("There is no session 12 to join on this node; it has ended,");
  }

  @Test
  void aSessionWithoutATerminalAndThatOfAGuestAreNotJoined() {
    FakeClient bob = new FakeClient(SIZE);
    join(Joining.JOIN, session, bob);
    await(() -> bob.text().contains("has joined"));
    assertThat(terminals.size()).isEqualTo(1);
    String bobs = "" + only(AuditCode.SESSION_JOINED).fields().get("session");
    FakeClient again = new FakeClient(SIZE);
    join(Joining.JOIN, bobs, again);
    await(() -> again.ending() != null);
    assertThat(again.text())
        .isEqualTo("Session " + bobs + " has no terminal of its own that could be joined.\r\n");
  }

  @Test
  void aLoginThatIsNoneOfTheClustersIsLeftToTheShell() {
    FakeClient client = new FakeClient(SIZE);
    SessionRequest request = new SessionRequest.Exec("holdfast-join " + session);
    below = null;
    start("", "deploy", Joining.JOIN, request, PTY, client);
    await(() -> below != null);
    assertThat(terminals.size()).isEqualTo(1);
  }

  @Test
  void whoIsEndedByAnAdministratorTakesHisGuestsAlong() {
    FakeClient bob = new FakeClient(SIZE);
    join(Joining.JOIN, session, bob);
    await(() -> bob.text().contains("has joined"));
    running.take(
        new dev.holdfast.access.Change.SessionEnding(session, "This session was ended by carol."));
    await(() -> bob.ending() != null);
    assertThat(bob.text()).endsWith("[alice's session was ended]\r\n");
    assertThat(alice.text()).endsWith("This session was ended by carol.\r\n");
  }

  /** What a process of the same node has beside the one of alice's session. */
  private final class Newer implements AutoCloseable {
    private final NamedSessions olds = new NamedSessions(programs, Settings.DEFAULT);
    private final NamedSessions own = new NamedSessions(programs, Settings.DEFAULT);
    private final LiveTerminals none = new LiveTerminals();
    private final AuditedSessions newer = sessions(none, new RunningSessions());

    Newer() throws IOException {
      olds.open(state, terminals);
      own.open(state, none);
    }

    ServedSession join(String account, String words, FakeClient client) {
      SessionRequest request = new SessionRequest.Exec("holdfast-join " + words);
      return start(newer, "bob", account, Joining.JOIN, request, PTY, client);
    }

    @Override
    public void close() {
      own.close();
      olds.close();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whoComesToANewerProcessJoinsASessionOfTheOldOne() throws Exception {
    try (Newer newer = new Newer()) {
      FakeClient bob = new FakeClient(SIZE);
      ServedSession his = newer.join("deploy", session, bob);
      await(() -> bob.text().contains("[bob has joined and may type; here: alice, bob]"));
      assertThat(alice.text()).contains("[bob has joined and may type; here: alice, bob]");
      assertThat(only(AuditCode.SESSION_JOINED).fields())
          .containsEntry("joined", session)
          .containsEntry("of", "alice");
      his.input(new byte[] {'x'}, 0, 1);
      await(() -> program.typed().equals("x"));
      FakeProgram.write(Objects.requireNonNull(below), "both see it", 100);
      await(() -> bob.text().contains("both see it"));
      his.input(new byte[] {0x1c, 'd'}, 0, 2);
      await(() -> bob.ending() != null);
      assertThat(bob.ending()).isEqualTo(new Ending.Status(0));
      assertThat(bob.text()).endsWith("[detached from alice's session]\r\n");
      await(() -> alice.text().contains("[bob has left; here: alice]"));
      assertThat(only(AuditCode.SESSION_LEFT).fields()).containsEntry("joined", session);
      FakeClient looking = new FakeClient(SIZE);
      ServedSession looks = newer.join("deploy", "--observe " + session, looking);
      await(() -> looking.text().contains("[bob looks on; here: alice, bob]"));
      looks.input(new byte[] {'y'}, 0, 1);
      Objects.requireNonNull(below).exit(new Ending.Status(3));
      await(() -> looking.ending() != null);
      assertThat(looking.ending()).isEqualTo(new Ending.Status(3));
      assertThat(looking.text()).endsWith("[alice's session has ended with status 3]\r\n");
      assertThat(program.typed()).isEqualTo("x");
      await(terminals::isEmpty);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anOldProcessStaysUntilItsGuestsWereToldOfTheEnd() throws Exception {
    try (Newer newer = new Newer()) {
      FakeClient bob = new FakeClient(SIZE);
      ServedSession his = newer.join("deploy", session, bob);
      await(() -> bob.text().contains("[bob has joined"));
      assertThat(terminals.isEmpty()).isFalse();
      bob.takes(0);
      for (int i = 0; i < 20; i++) {
        FakeProgram.write(Objects.requireNonNull(below), "x".repeat(100_000) + "\r\n", 8192);
      }
      Objects.requireNonNull(below).exit(new Ending.Status(3));
      assertThat(terminals.size()).isZero();
      assertThat(terminals.isEmpty()).isFalse();
      bob.takes(Integer.MAX_VALUE);
      his.writable();
      await(() -> bob.ending() != null);
      assertThat(bob.text()).endsWith("[alice's session has ended with status 3]\r\n");
      await(terminals::isEmpty);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theRulesAreTheSameForASessionOfAnOldProcess() throws Exception {
    try (Newer newer = new Newer()) {
      FakeClient elsewhere = new FakeClient(SIZE);
      newer.join("bob", session, elsewhere);
      assertRefused(
          elsewhere,
          "Session "
              + session
              + " is not one of the account bob; log in as the account that it runs as.");
      events.clear();
      bobs = RecordingPolicy.of(RecordingMode.NODE);
      FakeClient unrecorded = new FakeClient(SIZE);
      newer.join("deploy", session, unrecorded);
      assertRefused(
          unrecorded,
          "Session "
              + session
              + " is not recorded as your roles want it of you, so you can't join it; ask an"
              + " administrator.");
      bobs = RecordingPolicy.OFF;
      events.clear();
      away = true;
      FakeClient unkept = new FakeClient(SIZE);
      newer.join("deploy", session, unkept);
      assertRefused(unkept, JoinRules.UNKEPT);
      away = false;
      events.clear();
      FakeClient nowhere = new FakeClient(SIZE);
      newer.join("deploy", "12", nowhere);
      assertRefused(
          nowhere,
          "There is no session 12 to join on this node; it has ended, or it has no terminal.");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aProcessThatMayHaveItAndSaysNothingIsNamed() throws Exception {
    SessionDirectory directory = SessionDirectory.of(state);
    Path file = directory.newFile();
    try (Newer newer = new Newer();
        ServerSocketChannel mute = directory.listen(file)) {
      Thread.startVirtualThread(() -> hangUp(mute));
      FakeClient bob = new FakeClient(SIZE);
      newer.join("deploy", "12", bob);
      assertRefused(
          bob, "A process of this node that may have session 12 does not answer; try again soon.");
      FakeClient again = new FakeClient(SIZE);
      newer.join("deploy", session, again); // Another one has it.
      await(() -> again.text().contains("[bob has joined"));
      Files.delete(file);
    }
  }

  private static void hangUp(ServerSocketChannel at) {
    try {
      while (true) {
        at.accept().close();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private AuditEvent only(AuditCode code) {
    assertThat(events).filteredOn(it -> it.code() == code).hasSize(1);
    return events.stream().filter(it -> it.code() == code).findFirst().orElseThrow();
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
  }
}
