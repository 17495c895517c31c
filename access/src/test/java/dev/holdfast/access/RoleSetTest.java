package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RoleSetTest {
  private static final int RUNS = 2_000;
  private static final List<String> LOGINS = List.of("root", "deploy", "alice", "www");
  private static final List<String> VALUES = List.of("dev", "prod", "test");

  private static final List<String> KEYS = List.of(recipient(), recipient(), recipient());
  private static final List<RecordingMode> MODES = List.of(RecordingMode.values());
  private static final List<RoleOptions.Joining> JOININGS = List.of(RoleOptions.Joining.values());

  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void aRoleAllowsItsLoginsOnItsNodesAndNoOthers() {
    RoleSet who = who(role(Grant.of(LabelSelector.parse("env=dev"), "deploy"), Grant.NONE));
    assertThat(who.allows("deploy", env("dev"))).isTrue();
    assertThat(who.allows("root", env("dev"))).isFalse();
    assertThat(who.allows("deploy", env("prod"))).isFalse();
    assertThat(who.allows("deploy", Labels.NONE)).isFalse();
  }

  @Test
  void loginAndNodeMustBeOfTheSameRole() {
    RoleSet who =
        who(
            role(Grant.of(LabelSelector.parse("env=dev"), "root"), Grant.NONE),
            role(Grant.of(LabelSelector.parse("env=prod"), "deploy"), Grant.NONE));
    assertThat(who.allows("root", env("prod"))).isFalse();
    assertThat(who.allows("deploy", env("prod"))).isTrue();
  }

  @Test
  void theUsersOwnNameStandsForItself() {
    RoleSet who = who(role(Grant.of(LabelSelector.ALL, Grant.USER_NAME), Grant.NONE));
    assertThat(who.allows("alice", Labels.NONE)).isTrue();
    assertThat(who.allows(Grant.USER_NAME, Labels.NONE)).isFalse();
    assertThat(who.logins(Labels.NONE)).containsExactly("alice");
  }

  @Test
  void aDenialWinsWhateverTheOrderAndNumberOfRoles() {
    for (int i = 0; i < RUNS; i++) {
      List<Role> roles = roles();
      String login = pick(LOGINS);
      Labels labels = env(pick(VALUES));
      boolean before = who(roles).allows(login, labels);
      Grant denial =
          random.nextBoolean()
              ? Grant.of(LabelSelector.NONE, login)
              : Grant.of(new LabelSelector(Map.of("env", VALUES)));
      roles.add(role(Grant.of(LabelSelector.ALL, "root", "deploy", "alice", "www"), denial));
      Collections.shuffle(roles, new Random(i));
      assertThat(who(roles).allows(login, labels)).as("before: %s", before).isFalse();
    }
  }

  @Test
  void oneMoreAllowanceTakesNothingAwayAndOneMoreDenialGivesNothing() {
    for (int i = 0; i < RUNS; i++) {
      List<Role> roles = roles();
      RoleSet before = who(roles);
      RoleSet more = who(plus(roles, role(grant(), Grant.NONE)));
      RoleSet less = who(plus(roles, role(Grant.NONE, grant())));
      for (String login : LOGINS) {
        for (String value : VALUES) {
          boolean was = before.allows(login, env(value));
          assertThat(was && !more.allows(login, env(value))).isFalse();
          assertThat(!was && less.allows(login, env(value))).isFalse();
        }
      }
    }
  }

  @Test
  void whatIsAllowedEverywhereIsAllowedOnEachNode() {
    for (int i = 0; i < RUNS; i++) {
      RoleSet who = who(roles());
      Labels labels = random.nextBoolean() ? Labels.NONE : env(pick(VALUES));
      for (String login : who.loginsEverywhere()) {
        assertThat(who.allows(login, labels)).isTrue();
      }
      assertThat(who.logins(labels)).allMatch(login -> who.allows(login, labels));
    }
  }

  @Test
  void inSyncAtTheNodeAndAtAProxyIsInSyncAtAProxy() {
    for (RecordingMode proxy : List.of(RecordingMode.PROXY, RecordingMode.PROXY_SYNC)) {
      assertThat(RecordingMode.NODE_SYNC.and(proxy)).isEqualTo(RecordingMode.PROXY_SYNC);
      assertThat(proxy.and(RecordingMode.NODE_SYNC)).isEqualTo(RecordingMode.PROXY_SYNC);
    }
    assertThat(RecordingMode.NODE_SYNC.and(RecordingMode.NODE)).isEqualTo(RecordingMode.NODE_SYNC);
    assertThat(RecordingMode.NODE.and(RecordingMode.PROXY)).isEqualTo(RecordingMode.PROXY);
  }

  @Test
  void optionsMergeTheSameInAnyOrderAndNeverBecomeLaxer() {
    for (int i = 0; i < RUNS; i++) {
      RoleOptions a = options();
      RoleOptions b = options();
      RoleOptions c = options();
      assertThat(a.and(b)).isEqualTo(b.and(a));
      assertThat(a.and(b).and(c)).isEqualTo(a.and(b.and(c)));
      assertThat(a.and(a)).isEqualTo(a);
      assertThat(a.and(RoleOptions.NONE)).isEqualTo(a);
      RoleOptions both = a.and(b);
      a.maxConnections().ifPresent(it -> assertThat(both.maxConnections().get() <= it).isTrue());
      a.certificateTime()
          .ifPresent(it -> assertThat(both.certificateTime().get()).isLessThanOrEqualTo(it));
      a.recording().ifPresent(it -> assertThat(both.recording().get()).isGreaterThanOrEqualTo(it));
      a.portForwarding().ifPresent(it -> assertThat(it || !both.portForwarding().get()).isTrue());
      a.secondFactor().ifPresent(it -> assertThat(!it || both.secondFactor().get()).isTrue());
      a.joinSessions().ifPresent(it -> assertThat(both.joining()).isLessThanOrEqualTo(it));
    }
  }

  @Test
  void toSayOneThingAnewChangesNothingElse() throws ReflectiveOperationException {
    for (int i = 0; i < RUNS / 20; i++) {
      RoleOptions before = options();
      Map<String, RoleOptions> after =
          Map.of(
              "maxConnections=Optional[7]", before.withMaxConnections(7),
              "maxSessions=Optional[7]", before.withMaxSessions(7),
              "certificateTime=Optional[PT7M]", before.withCertificateTime(Duration.ofMinutes(7)),
              "recording=Optional[PROXY]", before.withRecording(RecordingMode.PROXY),
              "portForwarding=Optional[true]", before.withPortForwarding(true),
              "joinSessions=Optional[OBSERVE]",
                  before.withJoinSessions(RoleOptions.Joining.OBSERVE));
      for (RecordComponent each : RoleOptions.class.getRecordComponents()) {
        for (Map.Entry<String, RoleOptions> one : after.entrySet()) {
          boolean isAnew = one.getKey().startsWith(each.getName() + "=");
          Object now = each.getAccessor().invoke(one.getValue());
          assertThat(each.getName() + "=" + now)
              .isEqualTo(
                  isAnew ? one.getKey() : each.getName() + "=" + each.getAccessor().invoke(before));
        }
      }
    }
  }

  @Test
  void sessionsOfOthersAreJoinedOnlyAsFarAsARoleSaysAndNoneSaysLess() {
    assertThat(RoleOptions.NONE.joining()).isEqualTo(RoleOptions.Joining.NO);
    for (RoleOptions.Joining may : JOININGS) {
      for (RoleOptions.Joining wanted : JOININGS) {
        assertThat(may.allows(wanted)).isEqualTo(may.and(wanted) == wanted);
      }
    }
    assertThat(RoleOptions.Joining.JOIN.and(RoleOptions.Joining.NO))
        .isEqualTo(RoleOptions.Joining.NO);
  }

  @Test
  void rightsAreThoseAllowedLessThoseDenied() {
    Grant both = new Grant(List.of(), LabelSelector.NONE, Set.of(Right.values()));
    Grant audit = new Grant(List.of(), LabelSelector.NONE, Set.of(Right.AUDIT));
    assertThat(who(role(both, Grant.NONE), role(Grant.NONE, audit)).rights())
        .containsExactly(Right.ADMINISTER);
  }

  @Test
  void eachDecisionHasItsOwnSentence() {
    RoleSet who = who(role(Grant.of(LabelSelector.parse("env=dev"), "deploy"), Grant.NONE));
    NodeRecord dev = node("web.dev", "dev", true);
    NodeRecord other = node("web.test", "dev", true);
    NodeRecord prod = node("db", "prod", true);
    NodeRecord gone = node("old", "dev", false);
    assertThat(who.decide("deploy", "web.dev", List.of(dev), List.of()).sentence())
        .isEqualTo("alice may log in as deploy on web.dev.");
    assertThat(who.decide("deploy", "db", List.of(prod), List.of()).sentence())
        .isEqualTo(
            "alice may not log in as deploy on db; ask an administrator for a role that allows"
                + " it.");
    assertThat(who.decide("deploy", "nope", List.of(), List.of()).sentence())
        .isEqualTo("There is no node nope; 'holdfast ls' lists those that you may use.");
    assertThat(who.decide("deploy", "web", List.of(dev, other), List.of()).sentence())
        .isEqualTo("web means several nodes: web.dev, web.test; name one of them.");
    assertThat(who.decide("deploy", "old", List.of(gone), List.of()).sentence())
        .isEqualTo(
            "The node old is offline, last seen 2026-01-01T00:00:00Z; try again when it is back.");
    assertThat(new Decision.Undecided().sentence())
        .isEqualTo(
            "The cluster's auth service is not reached, so nobody can be let in; try again soon.");
  }

  @Test
  void aLockOnUserRoleOrNodeComesBeforeEverythingElse() {
    Role role = role(Grant.of(LabelSelector.ALL, "deploy"), Grant.NONE);
    RoleSet who = who(role);
    NodeRecord node = node("db", "prod", true);
    for (Lock.Target target :
        List.of(
            new Lock.Target(Lock.Kind.USER, "alice"),
            new Lock.Target(Lock.Kind.ROLE, role.name()),
            new Lock.Target(Lock.Kind.NODE, "db"),
            new Lock.Target(Lock.Kind.NODE, node.id()))) {
      Lock lock = new Lock("1", target, "maintenance until noon", Optional.empty());
      assertThat(who.decide("deploy", "db", List.of(node), List.of(lock)).sentence())
          .isEqualTo("The " + target + " is locked: maintenance until noon");
    }
    Lock other = new Lock("1", new Lock.Target(Lock.Kind.USER, "bob"), "", Optional.empty());
    assertThat(who.decide("deploy", "db", List.of(node), List.of(other)))
        .isInstanceOf(Decision.Allowed.class);
    assertThat(other.sentence()).isEqualTo("The user bob is locked; ask an administrator.");
  }

  @Test
  void nodesAreCalledByIdNameFirstPartOrLabels() {
    NodeRecord one = node("db.eu", "prod", true);
    NodeRecord two = node("db.us", "prod", true);
    NodeRecord three = node("db", "dev", true);
    assertThat(NodeNames.find("db.eu", List.of(one, two))).containsExactly(one);
    assertThat(NodeNames.find(two.id(), List.of(one, two))).containsExactly(two);
    assertThat(NodeNames.find("db", List.of(one, two))).containsExactly(one, two);
    assertThat(NodeNames.find("db", List.of(one, two, three))).containsExactly(three);
    assertThat(NodeNames.find("d", List.of(one, two))).isEmpty();
    assertThat(NodeNames.find("env=prod", List.of(one, two, three))).containsExactly(one, two);
  }

  @Test
  void aRoleCanNotAllowEveryLogin() {
    assertThatThrownBy(() -> role(Grant.of(LabelSelector.ALL, "*"), Grant.NONE))
        .hasMessageContaining("allows the login '*'");
    assertThat(
            who(
                    role(Grant.of(LabelSelector.ALL, "root"), Grant.NONE),
                    role(Grant.NONE, Grant.of(LabelSelector.NONE, "*")))
                .allows("root", Labels.NONE))
        .isFalse();
  }

  // ---- making ----

  private static RoleSet who(Role... roles) {
    return who(List.of(roles));
  }

  private static RoleSet who(List<Role> roles) {
    User user =
        new User("alice", roles.stream().map(Role::name).toList(), List.of(), Optional.empty());
    return new RoleSet(user, roles);
  }

  private static Role role(Grant allow, Grant deny) {
    return new Role("r", allow, deny, RoleOptions.NONE);
  }

  private List<Role> roles() {
    List<Role> roles = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      roles.add(role(grant(), random.nextInt(3) == 0 ? grant() : Grant.NONE));
    }
    return roles;
  }

  private static List<Role> plus(List<Role> roles, Role one) {
    List<Role> more = new ArrayList<>(roles);
    more.add(one);
    return more;
  }

  private Grant grant() {
    LabelSelector nodes =
        switch (random.nextInt(3)) {
          case 0 -> LabelSelector.ALL;
          case 1 -> LabelSelector.NONE;
          default -> new LabelSelector(Map.of("env", List.of(pick(VALUES), pick(VALUES))));
        };
    return Grant.of(nodes, pick(LOGINS), random.nextBoolean() ? Grant.USER_NAME : pick(LOGINS));
  }

  private static String recipient() {
    try {
      byte[] encoded =
          KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic().getEncoded();
      return Recipient.of(
              Arrays.copyOfRange(encoded, encoded.length - Recipient.KEY, encoded.length))
          .toString();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private RoleOptions options() {
    return new RoleOptions(
        maybe(random.nextInt(5)),
        maybe(random.nextInt(5)),
        maybe(Duration.ofMinutes(1 + random.nextInt(90))),
        maybe(MODES.get(random.nextInt(MODES.size()))),
        maybe(random.nextBoolean()),
        maybe(List.of(KEYS.get(random.nextInt(KEYS.size())))),
        maybe(random.nextBoolean() ? RoleOptions.Outage.DENY : RoleOptions.Outage.ALLOW),
        maybe(random.nextBoolean()),
        maybe(random.nextBoolean()),
        maybe(random.nextBoolean()),
        maybe(random.nextBoolean()),
        maybe(random.nextBoolean()),
        maybe(JOININGS.get(random.nextInt(JOININGS.size()))));
  }

  private <T> Optional<T> maybe(T value) {
    return random.nextBoolean() ? Optional.of(value) : Optional.empty();
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static Labels env(String value) {
    return new Labels(Map.of("env", value));
  }

  private static NodeRecord node(String name, String env, boolean online) {
    return new NodeRecord(
        "id-" + name,
        ServiceKind.NODE,
        name,
        "ssh-ed25519 AAAA",
        env(env),
        List.of(),
        List.of(),
        "",
        Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
        online);
  }
}
