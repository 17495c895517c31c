package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.Phase;
import dev.holdfast.auth.ApiRecords.Rotation;
import dev.holdfast.link.Destination;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine's part in a cluster, at a real service. */
@Timeout(120)
final class MembershipTest {
  @TempDir Path directory;
  private final KeyPair key = SshKeys.generateEd25519();
  private final BlockingQueue<String> certificates = new LinkedBlockingQueue<>();
  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
  private @Nullable AuthRig rig;
  private int port;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory.resolve("auth"));
    port = rig.port();
  }

  @AfterEach
  void end() {
    rig().close();
  }

  @Test
  void aMachineJoinsOnceByTokenAndIsKnownByItsKeyFromThenOn() throws Exception {
    String token = token(JoinToken.Purpose.NODE);
    String id;
    try (Membership member = open(key, token)) {
      live(member);
      assertThat(certificates.poll(30, TimeUnit.SECONDS)).startsWith("ssh-ed25519-cert-v01@");
      AuthRig.await(() -> node().online());
      assertThat(node().labels()).isEqualTo(new Labels(Map.of("env", "dev")));
      assertThat(node().addresses()).containsExactly("web.example.org:2222");
      assertThat(member.clusterName()).isEqualTo("demo");
      assertThat(member.name()).isEqualTo("web");
      id = member.id();
      assertThat(id).isEqualTo(node().id());
      assertThat(Files.readString(directory.resolve("node/cluster.json"))).doesNotContain(token);
    }
    try (Membership again = open(key)) {
      assertThat(again.id()).isEqualTo(id);
      assertThat(again.cluster().machines(ServiceKind.NODE)).hasSize(1);
    }
    assertThatThrownBy(() -> open(SshKeys.generateEd25519(), token))
        .hasMessage("This join token was used already; ask for a new one.");
    assertThatThrownBy(() -> open(SshKeys.generateEd25519(), token(JoinToken.Purpose.PROXY)))
        .hasMessageContaining("This machine has not joined the cluster as a node");
    assertThatThrownBy(() -> open(SshKeys.generateEd25519(), "nonsense"))
        .hasMessageContaining("This is not a join token");
  }

  @Test
  void anotherClusterThanTheTokensIsNotBelieved() throws Exception {
    Membership.Entry entry =
        new Membership.Entry(
            List.of(new Destination("127.0.0.1", port)),
            List.of(token(JoinToken.Purpose.NODE)),
            Optional.of("SHA256:AAAA"));
    assertThatThrownBy(() -> Membership.open(settings(key), entry))
        .hasMessageContaining("its authority is not the one that is expected");
  }

  @Test
  void itBeginsToWorkWithWhatItKnewWhileNobodyIsThere() throws Exception {
    open(key, token(JoinToken.Purpose.NODE)).close();
    rig().close();
    try (Membership alone = open(key)) {
      live(alone);
      assertThat(certificates.poll(30, TimeUnit.SECONDS)).isNotEmpty();
      assertThat(alone.userAuthorities()).isNotNull();
      assertThatThrownBy(() -> alone.cluster().decide("alice", "root", "web"))
          .isInstanceOf(IOException.class);
    }
    rig = new AuthRig(directory.resolve("auth"));
  }

  @Test
  void changedAuthoritiesAreLearnedAndTheHostKeyIsCertifiedByThem() throws Exception {
    try (Membership member = open(key, token(JoinToken.Purpose.NODE));
        ApiClient host = rig().host()) {
      live(member);
      AuthRig.await(() -> node().online());
      rotate(host, Phase.BEGIN);
      List<Authority> two = rig().cluster().authorities();
      AuthRig.await(
          () -> two.stream().allMatch(it -> member.believes(it.kind(), it.fingerprint())));
      int before = certificates.size();
      rotate(host, Phase.SWITCH);
      AuthRig.await(() -> certificates.size() > before);
    }
  }

  @Test
  void whoWasRemovedIsToldEvenIfTheConnectionEndedFirst() throws Exception {
    try (Membership member = open(key, token(JoinToken.Purpose.NODE));
        ApiClient host = rig().host()) {
      live(member);
      AuthRig.await(() -> node().online());
      host.call(ApiMethod.MACHINE_REMOVE, new Named("web"), Done.class);
      Change removed = new Change.NodeRemoved(member.id(), "web");
      AuthRig.await(() -> changes.contains(removed));
      AuthRig.await(() -> isUnknown(member));
    }
  }

  /** Until its connection is ended it is refused each call. */
  private static boolean isUnknown(Membership member) {
    try {
      assertThat(member.cluster().decide("alice", "root", "web").sentence())
          .contains("This machine was removed from the cluster.");
      return false;
    } catch (IOException e) {
      return String.valueOf(e.getMessage())
          .contains("The cluster does not know this machine any more");
    }
  }

  @Test
  void aServiceInTheSameProcessNeedsNoToken() throws Exception {
    try (Membership member = rig().enrol(settings(key))) {
      live(member);
      assertThat(certificates.poll(30, TimeUnit.SECONDS)).startsWith("ssh-ed25519-cert-v01@");
      AuthRig.await(() -> node().online());
    }
    try (Membership again = rig().enrol(settings(key))) {
      assertThat(again.id()).isEqualTo(node().id());
    }
    assertThatThrownBy(() -> rig().enrol(settings(SshKeys.generateEd25519())))
        .hasMessageContaining("The name web is another machine's");
  }

  @Test
  void aCertificateIsRenewedBeforeItEnds() throws Exception {
    String id;
    try (Membership known = rig().enrol(settings(key))) {
      id = known.id();
    }
    Enrolment enrolment =
        new Enrolment("demo", ServiceKind.NODE, "web", id, "", "first", List.of());
    Provision shortLived =
        () -> new Issued("next", 1, List.of(), Instant.now().plus(Duration.ofSeconds(3)));
    try (Membership member =
        new Membership(
            rig().cluster(),
            shortLived,
            new Membership.Known(enrolment),
            settings(key),
            null,
            new DirectoryParts(directory.resolve("recordings")),
            () -> {})) {
      live(member);
      assertThat(certificates.poll(30, TimeUnit.SECONDS)).isEqualTo("first");
      assertThat(certificates.poll(30, TimeUnit.SECONDS)).isEqualTo("next");
      assertThat(certificates.poll(30, TimeUnit.SECONDS)).isEqualTo("next");
    }
  }

  // ---- doing ----

  private AuthRig rig() {
    if (rig == null) {
      throw new IllegalStateException("not started");
    }
    return rig;
  }

  private Membership.Settings settings(KeyPair pair) {
    return new Membership.Settings(
        ServiceKind.NODE,
        "web",
        pair,
        directory.resolve("node"),
        new Labels(Map.of("env", "dev")),
        "1");
  }

  private Membership open(KeyPair pair, String... tokens) throws IOException {
    Membership.Entry entry =
        new Membership.Entry(
            List.of(new Destination("127.0.0.1", port)), List.of(tokens), Optional.empty());
    return Membership.open(settings(pair), entry);
  }

  private void live(Membership member) throws IOException {
    member.watch(changes::add);
    member.live(
        () -> new Membership.Places(List.of("web.example.org:2222"), List.of()), certificates::add);
  }

  private NodeRecord node() throws IOException {
    return rig().cluster().machines(ServiceKind.NODE).getFirst();
  }

  private static void rotate(ApiClient host, Phase phase) throws IOException {
    host.call(ApiMethod.ROTATE, new Rotation(Authority.Kind.HOST, phase), Done.class);
  }

  private String token(JoinToken.Purpose purpose) throws IOException {
    try (ApiClient host = rig().host()) {
      TokenOrder order =
          new TokenOrder(
              purpose,
              Optional.empty(),
              Optional.empty(),
              Labels.NONE,
              Optional.empty(),
              List.of());
      return host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text();
    }
  }
}
