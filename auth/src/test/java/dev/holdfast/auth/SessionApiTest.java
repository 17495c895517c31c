package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Change;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.Grant;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.auth.SessionRecords.Begun;
import dev.holdfast.auth.SessionRecords.HistoryQuery;
import dev.holdfast.auth.SessionRecords.JoinQuery;
import dev.holdfast.auth.SessionRecords.JoinableSession;
import dev.holdfast.auth.SessionRecords.LimitUse;
import dev.holdfast.auth.SessionRecords.LiveSession;
import dev.holdfast.auth.SessionRecords.SessionQuery;
import dev.holdfast.recording.PartStore.Subject;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that go on over the API: who sees which, and who may have one ended. */
@Timeout(120)
final class SessionApiTest {
  private static final SessionQuery ALL =
      new SessionQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  @TempDir Path directory;
  private final KeyPair alice = SshKeys.generateEd25519();
  private final KeyPair machine = SshKeys.generateEd25519();
  private AuthRig rig;
  private RemoteCluster cluster;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory);
    try (ApiClient host = rig.host()) {
      host.call(ApiMethod.ROLE_SET, LeaseRig.role(2), Done.class);
      for (String name : List.of("alice", "bob")) {
        KeyPair key = name.equals("alice") ? alice : SshKeys.generateEd25519();
        User user =
            new User(
                name, List.of("limited"), List.of(SshKeys.line(key.getPublic())), Optional.empty());
        host.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
      }
      TokenOrder order =
          new TokenOrder(
              JoinToken.Purpose.NODE,
              Optional.empty(),
              Optional.empty(),
              Labels.NONE,
              Optional.empty(),
              List.of());
      String token = host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text();
      try (ApiClient api = rig.client("join", machine)) {
        api.call(
            ApiMethod.JOIN,
            new JoinOrder(token, Optional.of("web"), Labels.NONE, List.of(), Optional.empty()),
            Joined.class);
      }
    }
    cluster = new RemoteCluster(listener -> rig.client("machine", machine, listener));
  }

  @AfterEach
  void end() {
    cluster.close();
    rig.close();
  }

  private void begin(String user, String session, String command) throws IOException {
    cluster.record(
        AuditEvent.of(
            AuditCode.SESSION_STARTED,
            user,
            "session",
            session,
            "connection",
            "c-" + user,
            "login",
            "deploy",
            "from",
            "192.0.2.7",
            "kind",
            "exec",
            "command",
            command,
            "epoch",
            "e1"));
  }

  private void beginWithoutTerminal(String user, String session) throws IOException {
    Map<String, Object> fields =
        Map.of("session", session, "login", "deploy", "terminal", false, "epoch", "e1");
    cluster.record(new AuditEvent(AuditCode.SESSION_STARTED, user, fields));
  }

  private static List<JoinableSession> joinable(ApiClient api, Optional<String> session)
      throws IOException {
    JoinQuery query = new JoinQuery(session, Optional.empty(), Optional.empty());
    return api.list(ApiMethod.SESSIONS_JOINABLE, query, JoinableSession.class);
  }

  private void letJoin(RoleOptions.Joining may, String login) throws IOException {
    RoleOptions options = RoleOptions.NONE.withJoinSessions(may);
    try (ApiClient host = rig.host()) {
      host.call(
          ApiMethod.ROLE_SET,
          new Role("limited", Grant.of(LabelSelector.ALL, login), Grant.NONE, options),
          Done.class);
    }
  }

  @Test
  void whoMayJoinSeesSessionsAtTheAccountsThatHeMayLogInToAndNobodyElseDoes() throws Exception {
    begin("bob", "one", "sh");
    begin("alice", "two", "holdfast-join one");
    begin("", "three", "sh");
    beginWithoutTerminal("bob", "four");
    letJoin(RoleOptions.Joining.NO, "deploy");
    try (ApiClient api = rig.client("alice", alice)) {
      assertThatThrownBy(() -> joinable(api, Optional.empty()))
          .hasMessageContaining("Your roles do not let you join sessions of others; ask");
      letJoin(RoleOptions.Joining.OBSERVE, "deploy");
      assertThat(joinable(api, Optional.empty()))
          .singleElement()
          .satisfies(it -> {
            assertThat(it.session()).isEqualTo("one");
            assertThat(it.user()).isEqualTo("bob");
            assertThat(it.node()).isEqualTo("web");
            assertThat(it.may()).isEqualTo(RoleOptions.Joining.OBSERVE);
          });
      assertThat(joinable(api, Optional.of("one"))).hasSize(1);
      assertThat(joinable(api, Optional.of("two"))).isEmpty();
      assertThat(joinable(api, Optional.of("four"))).isEmpty();
      letJoin(RoleOptions.Joining.JOIN, "root");
      assertThat(joinable(api, Optional.empty())).isEmpty();
      assertThat(joinable(api, Optional.of("one"))).isEmpty();
    }
  }

  private static List<LiveSession> list(ApiClient api, SessionQuery query) throws IOException {
    return api.list(ApiMethod.SESSIONS, query, LiveSession.class);
  }

  @Test
  void aUserSeesAndEndsHisOwnAndTheirNodeHearsOfItUntilTheyHaveEnded() throws Exception {
    begin("alice", "one", "x".repeat(4_000));
    begin("bob", "two", "uptime");
    List<Change> changes = new CopyOnWriteArrayList<>();
    Change ending = new Change.SessionEnding("one", "This session was ended by alice.");
    try (ApiClient api = rig.client("alice", alice);
        AutoCloseable _ = cluster.watch(changes::add)) {
      assertThat(list(api, ALL))
          .singleElement()
          .satisfies(it -> {
            assertThat(it.session()).isEqualTo("one");
            assertThat(it.node()).isEqualTo("web");
            assertThat(it.from()).isEqualTo("192.0.2.7");
            assertThat(it.command()).isEqualTo("x".repeat(LiveSession.MOST_COMMAND));
            assertThat(it.recording()).isEmpty();
            assertThat(it.ending()).isFalse();
          });
      SessionQuery bobs =
          new SessionQuery(
              Optional.of("bob"), Optional.empty(), Optional.empty(), Optional.empty());
      assertThatThrownBy(() -> list(api, bobs)).hasMessageStartingWith("You may list your own");
      assertThatThrownBy(() -> api.call(ApiMethod.SESSION_END, new Named("two"), Done.class))
          .hasMessage("There is no session two that you may end.");
      AuthRig.await(() -> changes.contains(new Change.Missed()));
      api.call(ApiMethod.SESSION_END, new Named("one"), Done.class);
      AuthRig.await(() -> changes.contains(ending));
      assertThat(list(api, ALL)).singleElement().matches(LiveSession::ending);
      assertThat(rig.log()).contains("\"code\":\"T2015I\"", "\"of\":\"alice\"");
    }
    assertThat(heardAnew()).as("by a node that was away").contains(ending);
    cluster.record(AuditEvent.of(AuditCode.SESSION_ENDED, "alice", "session", "one"));
    assertThat(heardAnew()).doesNotContain(ending);
  }

  /** What a node hears that begins to watch. */
  private List<Change> heardAnew() throws Exception {
    List<Change> changes = new CopyOnWriteArrayList<>();
    try (RemoteCluster again =
            new RemoteCluster(listener -> rig.client("machine", machine, listener));
        AutoCloseable _ = again.watch(changes::add)) {
      AuthRig.await(() -> changes.contains(new Change.Missed()));
    }
    return changes;
  }

  @Test
  void anAdministratorSeesAllFromThePageBeforeOnAndEndsAny() throws Exception {
    for (int i = 0; i < 5; i++) {
      begin(i % 2 == 0 ? "alice" : "bob", "s" + i, "");
    }
    try (ApiClient host = rig.host()) {
      List<LiveSession> all = list(host, ALL);
      assertThat(all).hasSize(5);
      SessionQuery two =
          new SessionQuery(Optional.empty(), Optional.of("web"), Optional.of(2), Optional.empty());
      List<LiveSession> page = list(host, two);
      assertThat(page).isEqualTo(all.subList(0, 2));
      SessionQuery next =
          new SessionQuery(
              Optional.empty(),
              Optional.empty(),
              Optional.of(2),
              Optional.of(page.getLast().session()));
      assertThat(list(host, next)).isEqualTo(all.subList(2, 4));
      host.call(ApiMethod.SESSION_END, new Named("s1"), Done.class);
      assertThat(list(host, ALL)).filteredOn(LiveSession::ending).hasSize(1);
    }
  }

  @Test
  void aRecordingIsFoundBesideItsSession() throws Exception {
    begin("alice", "one", "");
    String id = "a".repeat(32);
    try (RemoteParts parts = new RemoteParts(listener -> rig.client("machine", machine, listener));
        ApiClient api = rig.client("alice", alice)) {
      parts.begin("b".repeat(32), new Subject("alice", "deploy", "another", Instant.now()));
      parts.begin(id, new Subject("alice", "deploy", "c-alice", Instant.now()));
      assertThat(list(api, ALL))
          .singleElement()
          .matches(it -> it.recording().equals(Optional.of(id)));
      parts.complete(id);
      assertThat(list(api, ALL)).singleElement().matches(it -> it.recording().isEmpty());
    }
  }

  @Test
  void whatBeganIsCountedInSpans() throws Exception {
    begin("alice", "one", "");
    begin("bob", "two", "");
    Instant now = Instant.now();
    HistoryQuery day =
        new HistoryQuery(
            now.minus(Duration.ofHours(12)), now.plus(Duration.ofHours(12)), Duration.ofDays(1));
    try (ApiClient host = rig.host();
        ApiClient api = rig.client("alice", alice)) {
      assertThat(host.list(ApiMethod.SESSION_HISTORY, day, Begun.class))
          .singleElement()
          .matches(it -> it.sessions() == 2);
      assertThat(api.list(ApiMethod.SESSION_HISTORY, day, Begun.class))
          .singleElement()
          .matches(it -> it.sessions() == 1);
      assertThatThrownBy(() -> new HistoryQuery(now.minusSeconds(400), now, Duration.ofSeconds(1)))
          .hasMessageContaining("fewer than 400");
      assertThatThrownBy(() -> new HistoryQuery(now.minusSeconds(1), now, Duration.ZERO))
          .hasMessageContaining("at least a millisecond");
    }
  }

  @Test
  void aUserSeesHowMuchOfHisOwnLimitIsTaken() throws Exception {
    cluster
        .leases("whatever it says")
        .take(
            new LeaseOrder(
                UUID.randomUUID().toString(), "alice", LeaseRig.EPOCH, "root", "192.0.2.1"));
    try (ApiClient host = rig.host();
        ApiClient api = rig.client("alice", alice)) {
      assertThat(api.list(ApiMethod.LEASE_LIMITS, new None(), LimitUse.class))
          .containsExactly(new LimitUse("alice", 1, 2));
      assertThat(host.list(ApiMethod.LEASE_LIMITS, new None(), LimitUse.class))
          .containsExactly(new LimitUse("alice", 1, 2), new LimitUse("bob", 0, 2));
    }
  }
}
