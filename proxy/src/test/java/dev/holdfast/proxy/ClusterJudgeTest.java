package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Change;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Identity;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.ssh.Admissions.Admission;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy of a cluster does with what the cluster says. */
final class ClusterJudgeTest {
  private static final InetSocketAddress FROM =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 1000);
  private static final SshPublicKey KEY = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  private static final User ADA = new User("ada", List.of(), List.of(), Optional.empty());

  private final KeyPair authority = SshKeys.generateEd25519();
  private final AskedCluster cluster = new AskedCluster();
  private final AtomicLong now = new AtomicLong();
  private final ClusterJudge judge =
      new ClusterJudge(
          cluster,
          "demo",
          () -> new TrustedAuthorities(Set.of(SshKeys.wire(authority.getPublic()))),
          KeptNodes.NONE,
          now::get);

  private static NodeRecord machine(ServiceKind kind, String name, String... addresses) {
    return new NodeRecord(
        "id-" + name,
        kind,
        name,
        KEY.line(),
        new Labels(Map.of("env", "prod")),
        List.of(addresses),
        List.of(),
        "",
        Optional.empty(),
        true);
  }

  private static final KnownNode WEB =
      new KnownNode("web", Map.of(), Optional.empty(), Optional.empty());

  private static Judge.Wish wish(String login) {
    return new Judge.Wish("ada", login, WEB, FROM.getAddress());
  }

  @Test
  void usersComeByTheirNameAndNodesByTheirs() throws Exception {
    cluster.identity = new Identity.Person(ADA, 0, Instant.MAX);
    assertThat(admit("ada")).isInstanceOf(Admission.Admitted.class);
    assertThat(admit("bob")).isInstanceOf(Admission.Refused.class);
    cluster.identity = new Identity.Machine(machine(ServiceKind.NODE, "web"));
    assertThat(admit("node/web")).isInstanceOf(Admission.Admitted.class);
    assertThat(admit("node/db")).isInstanceOf(Admission.Refused.class);
    assertThat(admit("web")).isInstanceOf(Admission.Refused.class);
    cluster.identity = new Identity.Machine(machine(ServiceKind.PROXY, "web"));
    assertThat(admit("node/web")).isInstanceOf(Admission.Refused.class);
    cluster.identity = new Identity.Nobody("There is no user ada any more.");
    assertThat(admit("ada")).isInstanceOf(Admission.Refused.class);
  }

  @Test
  void withoutTheClusterACertificateIsBelievedAndAKeyIsNot() throws Exception {
    cluster.reached = false;
    assertThatThrownBy(() -> admit("ada")).isInstanceOf(IOException.class);
    SshPublicKey certificate =
        new NewCertificate(
                NewCertificate.Kind.USER,
                KEY,
                1,
                "ada",
                List.of("deploy"),
                Instant.now().minusSeconds(60),
                Instant.now().plusSeconds(60),
                new TreeMap<>(),
                List.of())
            .signedBy(authority);
    assertThat(judge.admit("ada", FROM, certificate)).isInstanceOf(Admission.Admitted.class);
    assertThatThrownBy(() -> judge.admit("bob", FROM, certificate)).isInstanceOf(IOException.class);
  }

  @Test
  void theClusterSaysWhereOneMayGo() {
    cluster.decision =
        new Decision.Allowed("ada", "ada", machine(ServiceKind.NODE, "web"), RoleOptions.NONE);
    assertThat(judge.decide(wish("ada"))).isEqualTo(new Judge.Verdict.Allowed());
    cluster.decision = new Decision.Denied("ada", "root", "web");
    assertThat(judge.decide(wish("root")))
        .isEqualTo(new Judge.Verdict.Denied(cluster.decision.sentence()));
    assertThat(judge.decide(wish(""))).isEqualTo(new Judge.Verdict.Denied(""));
    cluster.nodesOf = List.of(machine(ServiceKind.NODE, "web"));
    assertThat(judge.decide(wish(""))).isEqualTo(new Judge.Verdict.Allowed());
    cluster.decision = new Decision.Locked("The node web is locked: broken");
    assertThat(judge.decide(wish("root")))
        .isEqualTo(new Judge.Verdict.Denied("The node web is locked: broken"));
  }

  @Test
  void whatWasDecidedLatelyCountsWhileNobodyCanBeAsked() {
    cluster.decision =
        new Decision.Allowed("ada", "ada", machine(ServiceKind.NODE, "web"), RoleOptions.NONE);
    judge.decide(wish("ada"));
    cluster.reached = false;
    assertThat(judge.decide(wish("ada"))).isEqualTo(new Judge.Verdict.Allowed());
    assertThat(judge.decide(wish("root"))).isEqualTo(new Judge.Verdict.Unanswered());
    judge.take(new Change.UserChanged("ada"));
    assertThat(judge.decide(wish("ada"))).isEqualTo(new Judge.Verdict.Unanswered());
  }

  @Test
  void locksAreKnownWithoutAskingAndThoseThatWereMissedAreLearned() {
    Lock user = lock(Lock.Kind.USER, "ada");
    assertThat(judge.forbids(wish(""))).isEmpty();
    assertThat(judge.take(new Change.Locked(user)).test(wish(""))).isTrue();
    assertThat(judge.forbids(wish(""))).contains("The user ada is locked: broken");
    cluster.decision =
        new Decision.Allowed("ada", "ada", machine(ServiceKind.NODE, "web"), RoleOptions.NONE);
    assertThat(judge.decide(wish("ada")))
        .isEqualTo(new Judge.Verdict.Denied("The user ada is locked: broken"));
    judge.take(new Change.Unlocked(user.id()));
    assertThat(judge.forbids(wish(""))).isEmpty();
    cluster.locks = List.of(lock(Lock.Kind.NODE, "web"));
    judge.take(new Change.Missed());
    assertThat(judge.forbids(wish(""))).contains("The node web is locked: broken");
    cluster.locks = List.of();
    judge.take(new Change.Missed());
    assertThat(judge.forbids(wish(""))).isEmpty();
  }

  @Test
  void aChangeConcernsThoseWhomItIsAbout() {
    assertThat(judge.take(new Change.UserChanged("ada")).test(wish(""))).isTrue();
    assertThat(judge.take(new Change.UserChanged("bob")).test(wish(""))).isFalse();
    assertThat(judge.take(new Change.NodeRemoved("1", "web")).test(wish(""))).isTrue();
    assertThat(judge.take(new Change.NodeRemoved("1", "db")).test(wish(""))).isFalse();
    assertThat(judge.take(new Change.AuthoritiesChanged()).test(wish(""))).isFalse();
    assertThat(judge.take(new Change.Missed()).test(wish(""))).isTrue();
  }

  @Test
  void theNodesAreAskedForOnceASecondAndKnownWhileNobodyAnswers() {
    cluster.machines = List.of(machine(ServiceKind.NODE, "web", "web.example.org:2222"));
    assertThat(judge.nodes())
        .singleElement()
        .satisfies(node -> {
          assertThat(node.name()).isEqualTo("web");
          assertThat(node.labels()).containsEntry("env", "prod");
          assertThat(node.address().orElseThrow().port()).isEqualTo(2222);
        });
    judge.nodes();
    assertThat(cluster.listed).hasValue(1);
    now.addAndGet(ClusterJudge.FRESH.toNanos());
    judge.nodes();
    assertThat(cluster.listed).hasValue(2);
    now.addAndGet(ClusterJudge.FRESH.toNanos());
    cluster.reached = false;
    assertThat(judge.nodes()).hasSize(1);
  }

  private Admission admit(String user) throws IOException {
    return judge.admit(user, FROM, KEY);
  }

  private static Lock lock(Lock.Kind kind, String name) {
    return new Lock("id", new Lock.Target(kind, name), "broken", Optional.empty());
  }

  @Test
  void aNodeThatWasLetInIsKnownAfterARestartWhileNobodyCanBeAsked(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve(KeptNodes.FILE);
    AtomicBoolean counts = new AtomicBoolean(true);
    cluster.identity = new Identity.Machine(machine(ServiceKind.NODE, "web"));
    assertThat(restarted(file, counts).admit("node/web", FROM, KEY))
        .isInstanceOf(Admission.Admitted.class);
    cluster.reached = false;
    ClusterJudge again = restarted(file, counts);
    assertThat(again.admit("node/web", FROM, KEY)).isInstanceOf(Admission.Admitted.class);
    SshPublicKey other = SshKeys.wire(SshKeys.generateEd25519().getPublic());
    assertThatThrownBy(() -> again.admit("node/web", FROM, other)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> again.admit("node/db", FROM, KEY)).isInstanceOf(IOException.class);
    counts.set(false);
    assertThatThrownBy(() -> again.admit("node/web", FROM, KEY)).isInstanceOf(IOException.class);
    counts.set(true);
    again.take(new Change.NodeRemoved("1", "web"));
    assertThatThrownBy(() -> restarted(file, counts).admit("node/web", FROM, KEY))
        .isInstanceOf(IOException.class);
  }

  private ClusterJudge restarted(Path file, AtomicBoolean counts) throws IOException {
    return new ClusterJudge(
        cluster,
        "demo",
        () -> new TrustedAuthorities(Set.of()),
        KeptNodes.open(file, ProxyLog.NONE, counts::get));
  }
}
