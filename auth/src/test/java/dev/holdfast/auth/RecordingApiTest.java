package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.Grant;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Json;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Right;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.recording.PartStore.Subject;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recordings over the API, as nodes write and auditors read them. */
@Timeout(120)
final class RecordingApiTest {
  private static final String ONE = "1".repeat(32);
  private static final Subject ALICE =
      new Subject("alice", "deploy", "s1", Instant.parse("2026-01-31T12:00:00Z"));

  @TempDir Path directory;
  private final KeyPair auditor = SshKeys.generateEd25519();
  private final KeyPair nobody = SshKeys.generateEd25519();
  private final KeyPair web = SshKeys.generateEd25519();
  private final KeyPair db = SshKeys.generateEd25519();
  private @Nullable AuthRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory);
    try (ApiClient host = rig().host()) {
      Grant audit = new Grant(List.of(), LabelSelector.NONE, Set.of(Right.AUDIT));
      host.call(
          ApiMethod.ROLE_SET, new Role("auditor", audit, Grant.NONE, RoleOptions.NONE), Done.class);
      add(host, "carol", auditor, "auditor");
      add(host, "bob", nobody, "access");
      join(host, web, "web");
      join(host, db, "db");
    }
  }

  @AfterEach
  void end() {
    rig().close();
  }

  @Test
  void whatANodeWritesAnAuditorReadsAndThatIsAudited() throws Exception {
    byte[] big = new byte[2 * RecordingRecords.MOST_CHUNK + 17];
    new SplittableRandom(1).nextBytes(big);
    try (RemoteParts node = parts("machine", web)) {
      node.begin(ONE, ALICE);
      node.put(ONE, 0, big);
      node.put(ONE, 0, big);
      node.put(ONE, 1, new byte[0]);
      node.put(ONE, 2, new byte[] {7});
      assertThat(node.parts(ONE)).containsExactly(0, 1, 2);
      node.complete(ONE);
    }
    try (RemoteParts reader = parts("carol", auditor)) {
      assertThat(reader.recordings()).containsExactly(ONE);
      assertThat(reader.parts(ONE)).containsExactly(0, 1, 2);
      assertThat(events("T3002I")).isEmpty();
      assertThat(reader.get(ONE, 0)).hasValueSatisfying(it -> assertThat(it).isEqualTo(big));
      assertThat(reader.get(ONE, 1)).hasValueSatisfying(it -> assertThat(it).isEmpty());
      assertThat(reader.get(ONE, 2)).hasValueSatisfying(it -> assertThat(it).containsExactly(7));
      assertThat(reader.get(ONE, 3)).isEmpty();
      assertThat(events("T3002I"))
          .singleElement()
          .asString()
          .contains("\"user\":\"carol\"", "\"recording\":\"" + ONE, "\"of\":\"alice\"");
    }
    try (RemoteParts again = parts("carol", auditor)) {
      again.get(ONE, 2);
    }
    assertThat(events("T3002I")).hasSize(2);
  }

  @Test
  void nobodyWritesOrReadsWhatIsNotHis() throws Exception {
    try (RemoteParts node = parts("machine", web);
        RemoteParts other = parts("machine", db);
        RemoteParts reader = parts("carol", auditor);
        RemoteParts user = parts("bob", nobody)) {
      node.put(ONE, 0, new byte[10]);
      assertThatThrownBy(() -> other.put(ONE, 1, new byte[10]))
          .hasMessage("The recording %s is another node's.".formatted(ONE));
      assertThatThrownBy(() -> other.begin(ONE, ALICE))
          .hasMessage("The recording %s is another node's.".formatted(ONE));
      assertThatThrownBy(() -> node.put(ONE, 0, new byte[11]))
          .hasMessage(
              "Part 0 of the recording %s was put already, and was another.".formatted(ONE));
      assertThatThrownBy(() -> node.get(ONE, 0)).hasMessageStartingWith("You may not call");
      assertThatThrownBy(() -> node.delete(ONE)).hasMessageStartingWith("You may not call");
      assertThatThrownBy(() -> reader.put(ONE, 1, new byte[1]))
          .hasMessageStartingWith("You may not call recordings.put;");
      assertThatThrownBy(() -> reader.delete(ONE)).hasMessageStartingWith("You may not call");
      for (String id : List.of(ONE, "2".repeat(32))) {
        String none =
            "There is no recording %s that you may see; ask an administrator for a role with the right to audit."
                .formatted(id);
        assertThatThrownBy(() -> user.get(id, 0)).hasMessage(none);
        assertThatThrownBy(() -> user.parts(id)).hasMessage(none);
        assertThatThrownBy(() -> user.show(id)).hasMessage(none);
      }
      assertThat(events("T1015W").getLast())
          .contains("\"user\":\"bob\"", "\"recording\":\"" + "2".repeat(32));
      assertThat(user.recordings()).isEmpty();
      assertThatThrownBy(() -> user.list(of("alice")))
          .hasMessageStartingWith("You may list your own recordings; ");
      assertThatThrownBy(() -> reader.show("2".repeat(32)))
          .hasMessage("There is no recording %s.".formatted("2".repeat(32)));
    }
    try (ApiClient host = rig().host()) {
      assertThatThrownBy(() -> host.call(ApiMethod.RECORDING_DELETE, new Named(ONE), Done.class))
          .hasMessage("The recording %s goes on; end its session first.".formatted(ONE));
    }
  }

  @Test
  void aUserReadsTheRecordingsOfHisOwnSessionsAndThatIsAudited() throws Exception {
    try (RemoteParts node = parts("machine", web);
        RemoteParts user = parts("bob", nobody)) {
      node.begin(ONE, new Subject("bob", "deploy", "s1", ALICE.started()));
      node.put(ONE, 0, new byte[] {7});
      node.begin("2".repeat(32), ALICE);
      node.begin("3".repeat(32), new Subject("", "deploy", "s1", ALICE.started()));
      assertThat(user.recordings()).containsExactly(ONE);
      assertThat(user.list(of("bob"))).hasSize(1);
      assertThat(user.show(ONE).state()).isEqualTo(Recorded.State.OPEN);
      assertThat(user.parts(ONE)).containsExactly(0);
      assertThat(user.get(ONE, 0)).isPresent();
      assertThat(events("T3002I")).singleElement().asString().contains("\"user\":\"bob\"");
      assertThatThrownBy(() -> user.show("2".repeat(32))).hasMessageContaining("you may see");
      assertThatThrownBy(() -> user.show("3".repeat(32))).hasMessageContaining("you may see");
      assertThatThrownBy(() -> user.delete(ONE)).hasMessageStartingWith("You may not call");
    }
  }

  private static RecordingQuery of(String user) {
    return RecordingQuery.LATEST.of(user);
  }

  @Test
  void piecesThatDoNotFollowAreRefusedAndThoseThatWaitAreBounded() throws Exception {
    RecordingCalls calls =
        new RecordingCalls(
            new Recordings(
                Database.open("sqlite:" + directory.resolve("other.db")),
                new AuditTrail(Database.open("sqlite:" + directory.resolve("other.db"))),
                new MemoryStore()));
    Caller caller = new Caller.Machine(RecordingConformance.NODE);
    for (int i = 0; i < 20; i++) {
      put(calls, caller, i, 0, RecordingStore.MOST_PART, 10);
      assertThat(calls.waitingBytes()).isLessThanOrEqualTo(RecordingCalls.MOST_WAITING);
    }
    assertThatThrownBy(() -> put(calls, caller, 0, 10, RecordingStore.MOST_PART, 10))
        .hasMessageStartingWith("The piece of a part does not follow the one before");
    assertThatThrownBy(() -> put(calls, caller, 19, 11, RecordingStore.MOST_PART, 10))
        .hasMessageStartingWith("The piece of a part does not follow the one before");
    assertThatThrownBy(() -> put(calls, caller, 1, 0, RecordingStore.MOST_PART + 1, 10))
        .hasMessageStartingWith("A part has at most 16777216 bytes");
    assertThatThrownBy(() -> put(calls, caller, 1, 0, 5, 10))
        .hasMessageStartingWith("A part has at most 16777216 bytes");
  }

  private static void put(
      RecordingCalls calls, Caller caller, int number, int offset, int bytes, int data)
      throws IOException {
    ApiSession session =
        new ApiSession(caller, new NoCalls(), java.io.OutputStream.nullOutputStream());
    calls.call(
        caller,
        ApiMethod.RECORDING_PUT,
        new RecordingRecords.Chunk(
            ONE, number, offset, bytes, Base64.getEncoder().encodeToString(new byte[data])),
        session);
  }

  private record NoCalls() implements ApiSession.Calls {
    @Override
    public Caller refreshed(Caller caller) {
      return caller;
    }

    @Override
    public void refused(Caller caller, ApiMethod method) {}

    @Override
    public Object call(Caller caller, ApiMethod method, Record params, ApiSession session) {
      throw new UnsupportedOperationException();
    }
  }

  private AuthRig rig() {
    if (rig == null) {
      throw new IllegalStateException("not started");
    }
    return rig;
  }

  private RemoteParts parts(String user, KeyPair key) {
    return new RemoteParts(listener -> rig().client(user, key, listener));
  }

  private static void add(ApiClient host, String name, KeyPair key, String role)
      throws IOException {
    User user =
        new User(name, List.of(role), List.of(SshKeys.line(key.getPublic())), Optional.empty());
    host.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
  }

  private void join(ApiClient host, KeyPair key, String name) throws IOException {
    TokenOrder order =
        new TokenOrder(
            JoinToken.Purpose.NODE,
            Optional.empty(),
            Optional.empty(),
            Labels.NONE,
            Optional.empty(),
            List.of());
    String token = host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text();
    try (ApiClient api = rig().client("join", key)) {
      api.call(
          ApiMethod.JOIN,
          new JoinOrder(token, Optional.of(name), Labels.NONE, List.of(), Optional.empty()),
          Joined.class);
    }
  }

  private List<String> events(String code) throws IOException {
    try (ApiClient host = rig().host()) {
      return host.list(ApiMethod.AUDIT_SEARCH, AuditQuery.LATEST, Json.class).stream()
          .map(Json::line)
          .filter(it -> it.contains("\"" + code + "\""))
          .toList();
    }
  }
}
