package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Grant;
import dev.holdfast.access.Json;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Lock;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.CertificateOrder;
import dev.holdfast.auth.ApiRecords.Code;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.LockOrder;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.NewFactor;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.Self;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.testkit.IdentityProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in by an identity provider, and as whom. */
@Timeout(120)
final class ProviderLoginTest {
  @TempDir Path directory;
  private final KeyPair stranger = SshKeys.generateEd25519();
  private IdentityProvider there;
  private AuthRig rig;

  @BeforeEach
  void start() throws Exception {
    there = new IdentityProvider();
    rig =
        new AuthRig(
            directory,
            ProviderTest.settings(
                there,
                Optional.of("the-clients-secret"),
                Map.of("ops", List.of("deployer"), "*", List.of("reader"), "x", List.of("gone"))));
    role("deployer", "deploy", RoleOptions.NONE);
    role("reader", "read", RoleOptions.NONE);
    role("own", "own", RoleOptions.NONE);
    confirmedBy("bob", "ops");
  }

  @AfterEach
  void end() {
    rig.close();
    there.close();
  }

  @Test
  void whoIsKnownToTheProviderIsMadeAUserAndGetsACertificateForHisKey() throws Exception {
    assertThat(self("bob").roles()).containsExactlyInAnyOrder("deployer", "reader");
    assertThat(issued("bob").principals()).containsExactlyInAnyOrder("deploy", "read");
    assertThat(rig.told()).contains("/device and enter the code WDJB-MJHT there");
    User made = user("bob");
    assertThat(made.subject()).contains("248289761001");
    assertThat(made.keys()).isEmpty();
    assertThat(rig.log())
        .contains("\"event\":\"user.set\"", "\"subject\":\"248289761001\"")
        .contains("\"event\":\"user.login\"");
  }

  @Test
  void hisGroupsGiveAndTakeRolesAtEachLogInAndOthersStay() throws Exception {
    self("bob");
    try (ApiClient host = rig.host()) {
      set(host, user("bob").roles(), "own");
    }
    confirmedBy("bob", "none-that-counts");
    assertThat(self("bob").roles()).containsExactlyInAnyOrder("own", "reader");
    int changes = rig.log().split("user.set", -1).length;
    assertThat(self("bob").roles()).containsExactlyInAnyOrder("own", "reader");
    assertThat(rig.log().split("user.set", -1)).hasSize(changes);
  }

  private void set(ApiClient host, List<String> roles, String more) throws IOException {
    List<String> all = new java.util.ArrayList<>(roles);
    all.add(more);
    User bob = user("bob");
    host.call(
        ApiMethod.USER_SET,
        new UserOrder(new User("bob", all, bob.keys(), bob.subject()), false),
        Done.class);
  }

  @Test
  void nobodyComesAsSomebodyElse() throws Exception {
    refused("carol", "The identity provider knows you as bob, not as carol; log in by that name.");
    confirmedBy("machine");
    refused("bob", "The identity provider gives you no name that a user of this cluster can have");
    confirmedBy("Bob Builder");
    refused("bob", "The identity provider gives you no name that a user of this cluster can have");
    confirmedBy("bob");
    self("bob");
    there.claim(Map.of("preferred_username", "bob", "sub", "another"));
    refused("bob", "The user bob of this cluster is somebody else at the identity provider");
  }

  @Test
  void whoIsKnownByHisKeysIsNotTakenForSomebodyOfTheProvider() throws Exception {
    knownByKey("alice");
    confirmedBy("alice");
    refused("alice", "The user alice logs in by key; ask whoever administers the cluster");
    assertThatThrownBy(() -> rig.client("machine", stranger)).isInstanceOf(IOException.class);
  }

  @Test
  void whoIsLockedIsToldSoOnceHeHasProvenWhoHeIs() throws Exception {
    self("bob");
    try (ApiClient host = rig.host()) {
      host.call(
          ApiMethod.LOCK_SET,
          new LockOrder(new Lock.Target(Lock.Kind.USER, "bob"), "on leave", Optional.empty()),
          Lock.class);
    }
    refused("bob", "The user bob is locked: on leave");
    assertThat(rig.told()).doesNotContain("is locked").contains("WDJB-MJHT");
  }

  @Test
  void aSecondFactorIsAskedForBehindTheProviderToo() throws Exception {
    role("own", "own", secondFactor());
    role("reader", "read", secondFactor());
    String secret;
    try (ApiClient api = rig.client("bob", stranger)) {
      assertThat(api.call(ApiMethod.SELF, new None(), Self.class).secondFactor()).isEqualTo("set");
      assertThatThrownBy(() -> api.call(ApiMethod.CERTIFICATE, order(), Issued.class))
          .hasMessageStartingWith("Your roles want a second factor");
      secret = api.call(ApiMethod.FACTOR_NEW, new None(), NewFactor.class).secret();
      api.call(ApiMethod.FACTOR_SET, new Code(secret, code(secret, 0)), Done.class);
    }
    rig.code = "000000";
    assertThatThrownBy(() -> rig.client("bob", stranger)).isInstanceOf(IOException.class);
    rig.code = code(secret, 1);
    assertThat(issued("bob").principals()).contains("read");
  }

  private static RoleOptions secondFactor() throws Exception {
    return dev.holdfast.access.Records.read(
        Json.parse("{\"second_factor\":true}"), RoleOptions.class);
  }

  private static String code(String secret, int ahead) {
    return SecondFactor.code(
        secret, Instant.now().getEpochSecond() / SecondFactor.STEP_SECONDS + ahead);
  }

  /** Makes a user who logs in by the key that is returned. */
  private KeyPair knownByKey(String name) throws IOException {
    KeyPair key = SshKeys.generateEd25519();
    try (ApiClient host = rig.host()) {
      List<String> keys = List.of(SshKeys.line(key.getPublic()));
      User user = new User(name, List.of("own"), keys, Optional.empty());
      host.call(ApiMethod.USER_SET, new UserOrder(user, true), Done.class);
    }
    return key;
  }

  @Test
  void whileTheProviderIsAwayKeysLogIn() throws Exception {
    KeyPair alice = knownByKey("alice");
    there.close();
    refused("bob", "The cluster's identity provider can't be used now; log in by a key");
    try (ApiClient api = rig.client("alice", alice)) {
      assertThat(api.call(ApiMethod.SELF, new None(), Self.class).name()).isEqualTo("alice");
    }
  }

  @Test
  void noTokenAndNoSecretIsKeptAnywhere() throws Exception {
    issued("bob");
    try (var files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain("eyJ", "an-access-token", "the-device-code", "the-clients-secret");
      }
    }
  }

  @Test
  void whoIsNotAUserStaysOutWhereNoneAreMade() throws Exception {
    rig.close();
    OidcSettings made = ProviderTest.settings(there, Optional.empty(), Map.of());
    rig = new AuthRig(directory, made);
    refused("bob", "There is no user bob in this cluster; ask whoever administers it.");
    try (ApiClient host = rig.host()) {
      host.call(
          ApiMethod.USER_SET,
          new UserOrder(new User("bob", List.of("own"), List.of(), Optional.empty()), true),
          Done.class);
    }
    assertThat(self("bob").roles()).containsExactly("own");
    assertThat(user("bob").subject()).contains("248289761001");
    try (ApiClient host = rig.host()) {
      host.call(ApiMethod.USER_REMOVE, new Named("bob"), Done.class);
    }
    refused("bob", "There is no user bob in this cluster");
  }

  private void confirmedBy(String name, String... groups) {
    there.claim(Map.of("preferred_username", name, "groups", List.of(groups)));
  }

  /** He hears why, once: nobody wants three codes in a row. */
  private void refused(String user, String sentence) {
    assertThatThrownBy(() -> rig.client(user, stranger))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining(sentence);
  }

  private Self self(String user) throws IOException {
    try (ApiClient api = rig.client(user, stranger)) {
      return api.call(ApiMethod.SELF, new None(), Self.class);
    }
  }

  private Issued issued(String user) throws IOException {
    try (ApiClient api = rig.client(user, stranger)) {
      return api.call(ApiMethod.CERTIFICATE, order(), Issued.class);
    }
  }

  private CertificateOrder order() {
    return new CertificateOrder(
        SshKeys.line(stranger.getPublic()), Optional.empty(), Optional.empty());
  }

  private User user(String name) throws IOException {
    try (ApiClient host = rig.host()) {
      return host.list(ApiMethod.USERS, new None(), User.class).stream()
          .filter(it -> it.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private void role(String name, String login, RoleOptions options) throws IOException {
    try (ApiClient host = rig.host()) {
      host.call(
          ApiMethod.ROLE_SET,
          new Role(name, Grant.of(LabelSelector.parse("*=*"), login), Grant.NONE, options),
          Done.class);
    }
  }
}
