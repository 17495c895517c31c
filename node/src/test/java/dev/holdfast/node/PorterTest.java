package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Change;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Identity;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.Certifiers;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Entrances.Entry;
import dev.holdfast.ssh.Entrant;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.Terms;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is let in to a node of a cluster, and who has to go. */
final class PorterTest {
  private static final SshPublicKey KEY = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  private static final String NOT_REACHED =
      "The cluster's auth service is not reached, so nobody can be let in; try again soon.";

  private static final RoleOptions STRICT =
      RoleOptions.NONE.withMaxSessions(3).withPortForwarding(false);

  private final FakeCluster cluster = new FakeCluster();
  private final AtomicInteger announced = new AtomicInteger();
  private final Porter porter =
      new Porter(
          cluster,
          new Porter.Post(
              "id-1",
              "web",
              false,
              () -> new TrustedAuthorities(Set.of()),
              () -> {
                announced.incrementAndGet();
                cluster.decision = allowed(RoleOptions.NONE);
              }));

  private static Decision allowed(RoleOptions options) {
    NodeRecord node =
        new NodeRecord(
            "id-1",
            ServiceKind.NODE,
            "web",
            KEY.line(),
            Labels.NONE,
            List.of(),
            List.of(),
            "",
            Optional.empty(),
            true);
    return new Decision.Allowed("alice", "deploy", node, options);
  }

  /** A connection that notes how it was ended. */
  private static final class Connection implements Entrant {
    final List<String> sentences = new ArrayList<>();

    @Override
    public void end(String sentence) {
      sentences.add(sentence);
    }

    @Override
    public boolean isOver() {
      return !sentences.isEmpty();
    }
  }

  @Test
  void whoShowsNoCertificateOfTheClusterIsNoneOfItsBusiness() throws Exception {
    cluster.reached = false;
    assertThat(porter.enter(login(null), new Connection()))
        .isInstanceOfSatisfying(
            Entry.Admitted.class, it -> assertThat(it.terms()).isEqualTo(Terms.FREE));
    assertThat(porter.visits()).isZero();
  }

  @Test
  void whomAProxyCountsAndRecordsTheNodeLeavesToIt() throws Exception {
    known();
    cluster.decision = allowed(STRICT.withMaxConnections(2).withRecording(RecordingMode.PROXY));
    RoleOptions left = STRICT.withRecording(RecordingMode.OFF);
    assertThat(enter(new Connection(), Set.of(Certified.BRIDGED)))
        .isInstanceOfSatisfying(
            Entry.Admitted.class, it -> assertThat(it.terms()).isEqualTo(new Terms("alice", left)));
  }

  @Test
  void rolesDecideWhenSomebodyComes() throws Exception {
    known();
    cluster.decision = allowed(STRICT);
    Entry entry = enter(new Connection());
    assertThat(entry)
        .isInstanceOfSatisfying(
            Entry.Admitted.class,
            it -> assertThat(it.terms()).isEqualTo(new Terms("alice", STRICT)));
    assertThat(porter.visits()).isEqualTo(1);
    ((Entry.Admitted) entry).stay().ended();
    assertThat(porter.visits()).isZero();
    cluster.decision = new Decision.Denied("alice", "deploy", "web");
    assertRefused(cluster.decision.sentence());
    cluster.identity = new Identity.Nobody("There is no user alice any more.");
    assertRefused("There is no user alice any more.");
    assertThat(porter.visits()).isZero();
  }

  @Test
  void aNodeThatIsThoughtToBeOfflineSaysThatItIsNot() throws Exception {
    known();
    cluster.decision = new Decision.Offline("web", Optional.empty());
    assertThat(enter(new Connection())).isInstanceOf(Entry.Admitted.class);
    assertThat(announced).hasValue(1);
  }

  @Test
  void whoMayNotAnyMoreEndsWithTheReasonAndOthersGoOn() throws Exception {
    known();
    cluster.decision = allowed(RoleOptions.NONE);
    Connection connection = new Connection();
    assertThat(enter(connection)).isInstanceOf(Entry.Admitted.class);
    porter.take(new Change.UserChanged("alice"));
    porter.take(new Change.Missed());
    cluster.decision = new Decision.Locked("The user alice is locked: lost laptop");
    porter.take(new Change.UserChanged("bob"));
    porter.take(locked(Lock.Kind.USER, "bob"));
    assertThat(connection.sentences).isEmpty();
    porter.take(locked(Lock.Kind.USER, "alice"));
    assertThat(connection.sentences).containsExactly("The user alice is locked: lost laptop");
    assertThat(porter.visits()).isZero();
  }

  @Test
  void aLockOfARoleOrTheNodeConcernsEverybody() throws Exception {
    known();
    for (Lock.Kind kind : List.of(Lock.Kind.ROLE, Lock.Kind.NODE)) {
      cluster.decision = allowed(RoleOptions.NONE);
      Connection connection = new Connection();
      assertThat(enter(connection)).isInstanceOf(Entry.Admitted.class);
      cluster.decision = new Decision.Locked("It is locked.");
      porter.take(locked(kind, "anything"));
      assertThat(connection.sentences).containsExactly("It is locked.");
    }
  }

  @Test
  void aNodeThatWasRemovedKeepsNobody() throws Exception {
    known();
    cluster.decision = allowed(RoleOptions.NONE);
    Connection connection = new Connection();
    assertThat(enter(connection)).isInstanceOf(Entry.Admitted.class);
    porter.take(new Change.NodeRemoved("id-2", "web"));
    assertThat(connection.sentences).isEmpty();
    porter.take(new Change.NodeRemoved("id-1", "web"));
    assertThat(connection.sentences).containsExactly("This machine was removed from the cluster.");
    cluster.reached = false;
    assertRefused(NOT_REACHED);
  }

  @Test
  void whileNobodyCanBeAskedWhatWasDecidedLastCountsAndWhatRunsGoesOn() throws Exception {
    known();
    cluster.reached = false;
    assertRefused(NOT_REACHED);
    cluster.reached = true;
    cluster.decision = allowed(RoleOptions.NONE);
    Connection connection = new Connection();
    assertThat(enter(connection)).isInstanceOf(Entry.Admitted.class);
    cluster.reached = false;
    assertThat(enter(new Connection())).isInstanceOf(Entry.Admitted.class);
    porter.take(new Change.UserChanged("alice"));
    assertThat(connection.sentences).isEmpty();
    assertRefused(NOT_REACHED);
  }

  @Test
  void whoseConnectionsAreCountedMustBeAskedAbout() throws Exception {
    known();
    cluster.decision = allowed(STRICT.withMaxConnections(2));
    assertThat(enter(new Connection())).isInstanceOf(Entry.Admitted.class);
    cluster.reached = false;
    assertRefused(NOT_REACHED);
  }

  // ---- doing ----

  private void known() {
    User alice = new User("alice", List.of(), List.of(), Optional.empty());
    cluster.identity = new Identity.Person(alice, 7, Instant.MAX);
  }

  private static Change locked(Lock.Kind kind, String name) {
    return new Change.Locked(new Lock("1", new Lock.Target(kind, name), "", Optional.empty()));
  }

  private Entry enter(Connection connection) throws IOException {
    return enter(connection, Set.of());
  }

  private Entry enter(Connection connection, Set<String> extensions) throws IOException {
    Certified certified =
        new Certified(
            KEY, "alice", 7, List.of("deploy"), Instant.MAX, KEY, Permissions.ALL, extensions);
    return porter.enter(login(new Certifiers.Member(KEY, certified)), connection);
  }

  private static Login login(@Nullable Object guest) {
    return new Login(
        "deploy",
        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 1000),
        Optional.empty(),
        new Credential.Untold(),
        "",
        Permissions.ALL,
        guest,
        Terms.FREE);
  }

  private void assertRefused(String sentence) throws IOException {
    assertThat(enter(new Connection())).isEqualTo(new Entry.Refused(sentence));
  }
}
