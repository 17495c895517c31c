package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Grant;
import dev.holdfast.access.Identity;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.CertificateOrder;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.link.Pipe;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Bridge;
import dev.holdfast.ssh.BridgedSessions;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.SignedLogin;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.Target;
import dev.holdfast.ssh.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a proxy that records gets, and what a rogue one does not; users really log in. */
@Timeout(120)
final class BridgeCertificatesTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetSocketAddress CLIENT = new InetSocketAddress(HERE, 40_000);

  @TempDir Path directory;
  private final KeyPair alice = SshKeys.generateEd25519();
  private final KeyPair ours = SshKeys.generateEd25519();
  private AuthRig rig;
  private Membership proxy;
  private Membership node;
  private KeyPair certified;

  @BeforeEach
  void start() throws Exception {
    rig = new AuthRig(directory);
    roles(RecordingMode.PROXY);
    try (ApiClient host = rig.host()) {
      String key = SshKeys.line(alice.getPublic());
      User user = new User("alice", List.of("dev"), List.of(key), Optional.empty());
      host.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
    }
    proxy = member(ServiceKind.PROXY, "p1");
    node = member(ServiceKind.NODE, "web");
    try (ApiClient api = rig.client("alice", alice)) {
      CertificateOrder order =
          new CertificateOrder(SshKeys.line(alice.getPublic()), Optional.empty(), Optional.empty());
      Issued issued = api.call(ApiMethod.CERTIFICATE, order, Issued.class);
      certified = SshKeys.certified(alice, issued.certificate());
    }
  }

  @AfterEach
  void end() {
    proxy.close();
    node.close();
    rig.close();
  }

  private Membership member(ServiceKind kind, String name) throws IOException {
    Membership member =
        rig.enrol(
            new Membership.Settings(
                kind,
                name,
                SshKeys.generateEd25519(),
                directory.resolve(name),
                new Labels(Map.of("env", "dev")),
                "1"));
    member.beat();
    return member;
  }

  private void roles(RecordingMode mode) throws IOException {
    RoleOptions options = RoleOptions.NONE.withRecording(mode);
    try (ApiClient host = rig.host()) {
      host.call(
          ApiMethod.ROLE_SET,
          new Role("dev", Grant.of(LabelSelector.parse("env=dev"), "deploy"), Grant.NONE, options),
          Done.class);
    }
  }

  /** What alice signs when she logs in to a server as that account. */
  private static SignedLogin signed(KeyPair key, String login) throws Exception {
    AtomicReference<SignedLogin> got = new AtomicReference<>();
    Admissions admissions =
        (user, from, shown) ->
            new Admissions.Admission.Admitted(
                new Credential.Untold(), Permissions.ALL, new Bridge());
    Entrances entrances =
        (who, entrant) -> {
          got.set(entrant.signed().orElseThrow());
          return new Entrances.Entry.Admitted(Terms.FREE, () -> {});
        };
    try (ServerEngine server =
            ServerEngine.bridge(
                ServerSettings.DEFAULTS,
                admissions,
                entrances,
                List.of(SshKeys.generateEd25519()),
                new BridgedSessions(),
                LoginWatch.NONE);
        ClientEngine client = ClientEngine.start()) {
      Pipe pipe = new Pipe(CLIENT, CLIENT);
      server.accept(pipe.far());
      Target target = new Target(login, List.of(key), shown -> true, false, Duration.ofSeconds(60));
      client.connect(pipe.near(), target).close();
    }
    return Objects.requireNonNull(got.get());
  }

  private String order(SignedLogin signed) throws IOException {
    return proxy.certifyBridge("web", SshKeys.wire(ours.getPublic()), HERE, signed);
  }

  @Test
  void aProxyGetsACertificateForWhatTheUserSignedOnceAndForTwoMinutes() throws Exception {
    SignedLogin signed = signed(certified, "deploy");
    String line = order(signed);
    String[] words = line.split(" ", 2);
    Identity who = rig.cluster().identify(SshPublicKey.of(words[0], words[1]).blob(), HERE);
    assertThat(who)
        .isInstanceOfSatisfying(
            Identity.Person.class,
            it -> {
              assertThat(it.user().name()).isEqualTo("alice");
              assertThat(Duration.between(java.time.Instant.now(), it.validBefore()))
                  .isBetween(Duration.ofSeconds(30), BridgeCertificates.USER_TIME);
            });
    assertThatThrownBy(() -> order(signed)).hasMessage("That login was used already; log in anew.");
    assertThat(rig.log()).contains("\"principals\":\"deploy@web\"", "\"proxy\":\"p1\"");
  }

  @Test
  void whatSheDidNotSignOrMayNotIsGoodForNothing() throws Exception {
    SignedLogin signed = signed(certified, "deploy");
    byte[] other = signed.data().clone();
    other[10] ^= 1;
    assertThatThrownBy(() -> order(new SignedLogin(other, signed.signature())))
        .hasMessage("No user has signed that login: the signature is not the key's.");
    SignedLogin byKey = signed(alice, "deploy");
    assertThatThrownBy(() -> order(byKey))
        .hasMessage("The login was signed by a key without a certificate.");
    SignedLogin asRoot = signed(certified, "root");
    assertThatThrownBy(() -> order(asRoot))
        .hasMessage(
            "alice may not log in as root on web; ask an administrator for a role that allows it.");
  }

  @Test
  void withoutARoleThatWantsProxiesToRecordTheyGetNothing() throws Exception {
    assertThat(proxy.certifyNode("web", SshKeys.wire(ours.getPublic())))
        .startsWith("ssh-ed25519-cert-v01@openssh.com ");
    roles(RecordingMode.NODE_SYNC);
    SignedLogin signed = signed(certified, "deploy");
    assertThatThrownBy(() -> order(signed))
        .hasMessage("The sessions of alice are not recorded by a proxy.");
    assertThatThrownBy(() -> proxy.certifyNode("web", SshKeys.wire(ours.getPublic())))
        .hasMessage("No role wants sessions to be recorded by a proxy.");
  }

  @Test
  void nobodyButAProxyMayAsk() {
    assertThat(ApiMethod.NODE_CERTIFICATE.who()).containsExactly(Caller.Standing.PROXY);
    assertThat(ApiMethod.BRIDGE_CERTIFICATE.who()).containsExactly(Caller.Standing.PROXY);
  }
}
