package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Documents;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.Grant;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Identity;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Json;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.CertificateOrder;
import dev.holdfast.auth.ApiRecords.Code;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.LockOrder;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.NewFactor;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.Phase;
import dev.holdfast.auth.ApiRecords.Rotation;
import dev.holdfast.auth.ApiRecords.Self;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
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

/** The whole service, with clients of its own kind over SSH. */
@Timeout(120)
final class AuthServiceTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  @TempDir Path directory;
  private final KeyPair alice = SshKeys.generateEd25519();
  private @Nullable AuthRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory);
    try (ApiClient host = rig().host()) {
      host.call(
          ApiMethod.ROLE_SET,
          new Role(
              "dev",
              Grant.of(LabelSelector.parse("env=dev"), "deploy"),
              Grant.NONE,
              RoleOptions.NONE),
          Done.class);
      add(host, "alice", alice, "dev");
    }
  }

  @AfterEach
  void end() {
    rig().close();
  }

  @Test
  void aUserGetsACertificateForHisOwnKeyThatSaysWhatHeMay() throws Exception {
    NodeRecord node = node("web", "dev");
    node("db", "prod");
    KeyPair fresh = SshKeys.generateEd25519();
    Issued issued = certificate(alice, fresh);
    assertThat(issued.principals()).containsExactly("deploy@web");
    assertThat(Duration.between(java.time.Instant.now(), issued.validBefore()))
        .isBetween(Duration.ofHours(11), Duration.ofHours(12));
    Identity who = rig().cluster().identify(blob(issued), HERE);
    assertThat(who)
        .isInstanceOfSatisfying(
            Identity.Person.class,
            it -> {
              assertThat(it.user().name()).isEqualTo("alice");
              assertThat(it.serial()).isEqualTo(issued.serial());
            });
    assertThat(rig().cluster().identify(SshKeys.wire(alice.getPublic()).blob(), HERE))
        .isInstanceOf(Identity.Person.class);
    assertThat(rig().cluster().identify(SshKeys.wire(fresh.getPublic()).blob(), HERE))
        .isEqualTo(new Identity.Nobody("Nobody has registered the key that was shown."));
    assertThat(rig().cluster().decide("alice", "deploy", "web"))
        .isInstanceOf(Decision.Allowed.class);
    assertThat(rig().cluster().decide("alice", "root", "web"))
        .isEqualTo(new Decision.Denied("alice", "root", "web"));
    assertThat(rig().cluster().decide("alice", "deploy", "db"))
        .isEqualTo(new Decision.Denied("alice", "deploy", "db"));
    assertThat(rig().cluster().decide("alice", "deploy", "nope"))
        .isEqualTo(new Decision.Unknown("nope"));
    assertThat(rig().cluster().nodesOf("alice"))
        .extracting(NodeRecord::id)
        .containsExactly(node.id());
  }

  @Test
  void aCertificateDoesNotRenewItselfAndNoAuthorityIsCertified() throws Exception {
    KeyPair fresh = SshKeys.generateEd25519();
    Issued issued = certificate(alice, fresh);
    KeyPair certified = SshKeys.certified(fresh, issued.certificate());
    try (ApiClient api = rig().client("alice", certified)) {
      assertThat(api.call(ApiMethod.SELF, new None(), Self.class).name()).isEqualTo("alice");
      assertThatThrownBy(() -> api.call(ApiMethod.CERTIFICATE, order(fresh), Issued.class))
          .hasMessage(
              "You may not call certificate.issue; ask an administrator for a role with that"
                  + " right.");
    }
    try (ApiClient api = rig().client("alice", alice)) {
      Authority user =
          rig().cluster().authorities().stream()
              .filter(it -> it.kind() == Authority.Kind.USER)
              .findFirst()
              .orElseThrow();
      CertificateOrder order = new CertificateOrder(user.key(), Optional.empty(), Optional.empty());
      assertThatThrownBy(() -> api.call(ApiMethod.CERTIFICATE, order, Issued.class))
          .hasMessage("The key of an authority is never certified.");
      CertificateOrder nested =
          new CertificateOrder(issued.certificate(), Optional.empty(), Optional.empty());
      assertThatThrownBy(() -> api.call(ApiMethod.CERTIFICATE, nested, Issued.class))
          .isInstanceOf(ApiFailure.class);
    }
  }

  @Test
  void whoMayNotIsRefusedAndThatIsAudited() throws Exception {
    try (ApiClient api = rig().client("alice", alice)) {
      assertThatThrownBy(() -> api.list(ApiMethod.USERS, new None(), User.class))
          .hasMessage(
              "You may not call users.list; ask an administrator for a role with that right.");
    }
    assertThatThrownBy(() -> rig().client("alice", SshKeys.generateEd25519()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> rig().client("bob", alice)).isInstanceOf(IOException.class);
    assertThat(events("T1015W")).hasSize(1);
    AuthRig.await(() -> events("T1000W").size() == 2);
    assertThat(events("T1000I"))
        .anySatisfy(it -> assertThat(it).contains("\"user\":\"alice\"", "\"from\":\"127.0.0.1\""));
  }

  @Test
  void aMachineJoinsOnceByItsTokenAndIsThenKnownByItsKey() throws Exception {
    KeyPair key = SshKeys.generateEd25519();
    String token = token(JoinToken.Purpose.NODE);
    Joined joined = join(key, token, "web");
    assertThat(joined.name()).isEqualTo("web");
    assertThat(joined.certificate()).startsWith("ssh-ed25519-cert-v01@openssh.com ");
    try (ApiClient api = rig().client("machine", key)) {
      Heartbeat beat = new Heartbeat(joined.id(), Labels.NONE, List.of("web:2222"), List.of(), "1");
      api.call(ApiMethod.HEARTBEAT, beat, Done.class);
      Heartbeat other = new Heartbeat("other", Labels.NONE, List.of(), List.of(), "1");
      assertThatThrownBy(() -> api.call(ApiMethod.HEARTBEAT, other, Done.class))
          .hasMessage("A machine speaks for itself only.");
    }
    assertThat(rig().cluster().machines(ServiceKind.NODE))
        .singleElement()
        .satisfies(it -> assertThat(it.online()).isTrue());
    KeyPair thief = SshKeys.generateEd25519();
    assertThatThrownBy(() -> join(thief, token, "db"))
        .hasMessage("This join token was used already; ask for a new one.");
    assertThatThrownBy(() -> join(thief, token(JoinToken.Purpose.NODE), "web"))
        .hasMessage("The name web is another machine's; choose one, or have that machine removed.");
    String elsewhere = token(JoinToken.Purpose.NODE).replaceAll("\\.[^.]*$", "." + "A".repeat(43));
    assertThatThrownBy(() -> join(thief, elsewhere, "db"))
        .hasMessageStartingWith("This join token is of another cluster");
    assertThat(events("T1009W")).hasSize(3);
    assertThat(rig().log()).doesNotContain(JoinSecret.parse(token).secret());
  }

  @Test
  void aTokenThatHasExpiredOrIsForAnotherPurposeIsRefusedAndAudited() throws Exception {
    KeyPair thief = SshKeys.generateEd25519();
    String late = token(JoinToken.Purpose.NODE, Optional.of(Duration.ofSeconds(1)));
    AuthRig.await(() -> tokens().isEmpty());
    assertThatThrownBy(() -> join(thief, late, "db"))
        .hasMessage("This join token has expired; ask for a new one.");
    String node = token(JoinToken.Purpose.NODE);
    assertThatThrownBy(() -> join(thief, node.replace("hf1.node.", "hf1.proxy."), "p9"))
        .hasMessage("This join token is for another purpose; ask for a new one.");
    assertThat(events("T1009W"))
        .satisfiesExactly(
            it -> assertThat(it).contains("has expired", SshKeys.fingerprint(thief.getPublic())),
            it -> assertThat(it).contains("another purpose", JoinSecret.parse(node).id()));
    assertThat(join(thief, node, "db").name()).isEqualTo("db");
  }

  private List<JoinToken> tokens() throws IOException {
    try (ApiClient host = rig().host()) {
      return host.list(ApiMethod.TOKENS, new None(), JoinToken.class);
    }
  }

  @Test
  void anInvitedPersonRegistersHisKey() throws Exception {
    KeyPair bob = SshKeys.generateEd25519();
    try (ApiClient host = rig().host()) {
      MadeToken made =
          host.call(
              ApiMethod.TOKEN_MAKE,
              new TokenOrder(
                  JoinToken.Purpose.USER,
                  Optional.empty(),
                  Optional.empty(),
                  Labels.NONE,
                  Optional.of("bob"),
                  List.of("dev")),
              MadeToken.class);
      assertThat(join(bob, made.text(), null).name()).isEqualTo("bob");
    }
    try (ApiClient api = rig().client("bob", bob)) {
      assertThat(api.call(ApiMethod.SELF, new None(), Self.class).roles()).containsExactly("dev");
    }
  }

  @Test
  void aLockEndsWhatIsOpenAndRefusesWhatComesWithItsReason() throws Exception {
    node("web", "dev");
    BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    try (AutoCloseable watch = rig().cluster().watch(changes::add);
        ApiClient open = rig().client("alice", alice);
        ApiClient host = rig().host()) {
      open.call(ApiMethod.SELF, new None(), Self.class);
      long begun = System.nanoTime();
      Lock lock =
          host.call(
              ApiMethod.LOCK_SET,
              new LockOrder(
                  new Lock.Target(Lock.Kind.USER, "alice"), "lost laptop", Optional.empty()),
              Lock.class);
      AuthRig.await(open::isOver);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
      assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.Locked(lock));
      assertThat(rig().cluster().decide("alice", "deploy", "web"))
          .isEqualTo(new Decision.Locked("The user alice is locked: lost laptop"));
      assertThatThrownBy(() -> rig().client("alice", alice)).isInstanceOf(IOException.class);
      assertThat(rig().told()).contains("The user alice is locked: lost laptop");
      host.call(ApiMethod.LOCK_REMOVE, new Named(lock.id()), Done.class);
      assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.Unlocked(lock.id()));
      rig().client("alice", alice).close();
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void aWantedSecondFactorIsSetFirstAndThenAskedForOnceEach() throws Exception {
    KeyPair carol = SshKeys.generateEd25519();
    RoleOptions strict =
        Documents.read("kind: role\nname: s\noptions: {second_factor: true}", "r").stream()
            .map(it -> ((Documents.Document.OfRole) it).role().options())
            .findFirst()
            .orElseThrow();
    try (ApiClient host = rig().host()) {
      Grant grant = Grant.of(LabelSelector.ALL, "deploy");
      host.call(ApiMethod.ROLE_SET, new Role("strict", grant, Grant.NONE, strict), Done.class);
      add(host, "carol", carol, "strict");
    }
    String secret;
    try (ApiClient api = rig().client("carol", carol)) {
      assertThat(api.call(ApiMethod.SELF, new None(), Self.class).secondFactor()).isEqualTo("set");
      assertThatThrownBy(() -> api.call(ApiMethod.CERTIFICATE, order(carol), Issued.class))
          .hasMessage("Your roles want a second factor; set it with 'holdfast login'.");
      secret = api.call(ApiMethod.FACTOR_NEW, new None(), NewFactor.class).secret();
      assertThatThrownBy(() -> api.call(ApiMethod.FACTOR_SET, new Code(secret, "0"), Done.class))
          .hasMessage("The code is not the one of now; check the clock of your authenticator.");
      api.call(ApiMethod.FACTOR_SET, new Code(secret, code(secret, 0)), Done.class);
      api.call(ApiMethod.CERTIFICATE, order(carol), Issued.class);
    }
    rig().code = code(secret, 1);
    rig().client("carol", carol).close();
    assertThat(rig().told()).contains("One-time code: ");
    assertThatThrownBy(() -> rig().client("carol", carol)).isInstanceOf(IOException.class);
    assertThat(rig().log()).doesNotContain(secret);
  }

  private static String code(String secret, int later) {
    long now = System.currentTimeMillis() / 1000 / SecondFactor.STEP_SECONDS;
    return SecondFactor.code(secret, now + later);
  }

  @Test
  void anAuthorityIsChangedInTwoStepsAndFormerCertificatesGoOn() throws Exception {
    KeyPair fresh = SshKeys.generateEd25519();
    Issued before = certificate(alice, fresh);
    try (ApiClient host = rig().host()) {
      for (Phase phase : List.of(Phase.BEGIN, Phase.SWITCH)) {
        host.call(ApiMethod.ROTATE, new Rotation(Authority.Kind.USER, phase), Done.class);
      }
      assertThatThrownBy(() ->
              host.call(
                  ApiMethod.ROTATE, new Rotation(Authority.Kind.USER, Phase.SWITCH), Done.class))
          .hasMessage("No rotation has begun.");
    }
    Issued after = certificate(alice, fresh);
    assertThat(after.serial()).isGreaterThan(before.serial());
    for (Issued one : List.of(before, after)) {
      assertThat(rig().cluster().identify(blob(one), HERE)).isInstanceOf(Identity.Person.class);
    }
    try (ApiClient host = rig().host()) {
      host.call(ApiMethod.ROTATE, new Rotation(Authority.Kind.USER, Phase.DROP), Done.class);
    }
    assertThat(rig().cluster().identify(blob(before), HERE))
        .isEqualTo(
            new Identity.Nobody("The certificate is not believed: its authority is not believed."));
    assertThat(rig().cluster().identify(blob(after), HERE)).isInstanceOf(Identity.Person.class);
  }

  @Test
  void aPinnedCertificateCountsFromItsAddressOnly() throws Exception {
    KeyPair fresh = SshKeys.generateEd25519();
    try (ApiClient api = rig().client("alice", alice)) {
      Issued issued =
          api.call(
              ApiMethod.CERTIFICATE,
              new CertificateOrder(
                  SshKeys.line(fresh.getPublic()),
                  Optional.of(Duration.ofMinutes(5)),
                  Optional.of(true)),
              Issued.class);
      assertThat(rig().cluster().identify(blob(issued), HERE)).isInstanceOf(Identity.Person.class);
      assertThat(rig().cluster().identify(blob(issued), InetAddress.ofLiteral("10.0.0.1")))
          .isEqualTo(
              new Identity.Nobody(
                  "The certificate is not believed: it may not be used from this address."));
    }
  }

  @Test
  void anotherServiceSeesTheClusterAsTheServiceItselfDoes() throws Exception {
    NodeRecord node = node("web", "dev");
    KeyPair key = SshKeys.generateEd25519();
    join(key, token(JoinToken.Purpose.PROXY), "p1");
    try (RemoteCluster remote =
        new RemoteCluster(listener -> rig().client("machine", key, listener))) {
      assertThat(remote.decide("alice", "deploy", "web"))
          .isEqualTo(rig().cluster().decide("alice", "deploy", "web"));
      assertThat(remote.decide("alice", "root", "web"))
          .isEqualTo(new Decision.Denied("alice", "root", "web"));
      assertThat(remote.identify(SshKeys.wire(alice.getPublic()).blob(), HERE))
          .isInstanceOf(Identity.Person.class);
      assertThat(remote.nodesOf("alice")).extracting(NodeRecord::id).containsExactly(node.id());
      assertThat(remote.authorities()).isEqualTo(rig().cluster().authorities());
      remote.record(AuditEvent.of(AuditCode.CONNECTED, "alice", "target", "web"));
      assertThat(events("T2000I")).singleElement().asString().contains("\"server_name\":\"p1\"");
      BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
      try (AutoCloseable watch = remote.watch(changes::add);
          ApiClient host = rig().host()) {
        assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.Missed());
        host.call(ApiMethod.USER_REMOVE, new Named("alice"), Done.class);
        assertThat(changes.poll(30, TimeUnit.SECONDS)).isEqualTo(new Change.UserChanged("alice"));
        assertThat(watch).isNotNull();
      }
    }
  }

  @Test
  void theKeysOfTheAuthoritiesAreTheServicesAlone() throws Exception {
    try (var files = Files.walk(directory.resolve("state"))) {
      for (Path file : files.filter(it -> !it.toString().endsWith(".pub")).toList()) {
        assertThat(Files.getPosixFilePermissions(file).toString())
            .as("%s", file)
            .doesNotContain("OTHERS", "GROUP");
      }
    }
  }

  // ---- doing ----

  private AuthRig rig() {
    if (rig == null) {
      throw new IllegalStateException("not started");
    }
    return rig;
  }

  private static void add(ApiClient host, String name, KeyPair key, String role)
      throws IOException {
    User user =
        new User(name, List.of(role), List.of(SshKeys.line(key.getPublic())), Optional.empty());
    host.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
  }

  private NodeRecord node(String name, String env) throws Exception {
    KeyPair key = SshKeys.generateEd25519();
    String token = token(JoinToken.Purpose.NODE);
    Joined joined = join(key, token, name);
    rig()
        .cluster()
        .heartbeat(
            new Heartbeat(joined.id(), new Labels(Map.of("env", env)), List.of(), List.of(), "1"));
    return rig().cluster().machines(ServiceKind.NODE).stream()
        .filter(it -> it.id().equals(joined.id()))
        .findFirst()
        .orElseThrow();
  }

  private String token(JoinToken.Purpose purpose) throws IOException {
    return token(purpose, Optional.empty());
  }

  private String token(JoinToken.Purpose purpose, Optional<Duration> time) throws IOException {
    try (ApiClient host = rig().host()) {
      TokenOrder order =
          new TokenOrder(purpose, time, Optional.empty(), Labels.NONE, Optional.empty(), List.of());
      return host.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class).text();
    }
  }

  private Joined join(KeyPair key, String token, @Nullable String name) throws IOException {
    try (ApiClient api = rig().client("join", key)) {
      return api.call(
          ApiMethod.JOIN,
          new JoinOrder(token, Optional.ofNullable(name), Labels.NONE, List.of(), Optional.empty()),
          Joined.class);
    }
  }

  private Issued certificate(KeyPair own, KeyPair fresh) throws IOException {
    try (ApiClient api = rig().client("alice", own)) {
      return api.call(ApiMethod.CERTIFICATE, order(fresh), Issued.class);
    }
  }

  private static CertificateOrder order(KeyPair key) {
    return new CertificateOrder(SshKeys.line(key.getPublic()), Optional.empty(), Optional.empty());
  }

  private static byte[] blob(Issued issued) throws Exception {
    String[] words = issued.certificate().split(" ", 2);
    return SshPublicKey.of(words[0], words[1]).blob();
  }

  private List<String> events(String code) throws IOException {
    AuditQuery query =
        new AuditQuery(
            Optional.empty(),
            Optional.empty(),
            Optional.of(code),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    try (ApiClient host = rig().host()) {
      return host.list(ApiMethod.AUDIT_SEARCH, query, Json.class).stream().map(Json::line).toList();
    }
  }
}
