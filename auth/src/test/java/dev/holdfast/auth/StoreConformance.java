package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Grant;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a store does, whichever database it is on. */
@Timeout(120)
interface StoreConformance {
  int TOGETHER = 16;

  /** The database, empty but for its tables. */
  Database database() throws Exception;

  /** The same opened once more, as another service has it. */
  Database again() throws Exception;

  @Test
  default void openingItAgainChangesNothing() throws Exception {
    Database first = database();
    first.transact(tx -> putRole(tx, "a"));
    try (Database second = again()) {
      assertThat(second.transact(UserTable::roles)).hasSize(1);
    }
  }

  @Test
  default void aTransactionThatThrowsHasDoneNothing() throws Exception {
    Database database = database();
    long before = database.transact(DocumentTable::lastRevision);
    assertThatThrownBy(() ->
            database.transact(tx -> {
              putRole(tx, "a");
              throw new InvalidRecordException("no");
            }))
        .hasMessage("no");
    assertThat(database.transact(UserTable::roles)).isEmpty();
    assertThat(database.transact(DocumentTable::lastRevision)).isEqualTo(before);
  }

  @Test
  default void aTokenIsUsedAsOftenAsItSaysHoweverManyTry() throws Exception {
    Database database = database();
    JoinSecret secret =
        JoinSecret.make(JoinToken.Purpose.NODE, "SHA256:" + "A".repeat(43), new SecureRandom());
    database.transact(tx -> addToken(tx, secret, tx.now().plusSeconds(600), 3));
    List<TokenTable.Redeemed> all =
        together(() -> database.transact(tx -> TokenTable.redeem(tx, secret)));
    assertThat(all).filteredOn(it -> it instanceof TokenTable.Redeemed.Good).hasSize(3);
    assertThat(got(database, tx -> TokenTable.redeem(tx, secret)))
        .contains(
            new TokenTable.Redeemed.Bad("This join token was used already; ask for a new one."));
    assertThat(database.transact(TokenTable::all)).isEmpty();
  }

  @Test
  default void aTokenIsForItsTimePurposeAndSecretOnly() throws Exception {
    Database database = database();
    SecureRandom random = new SecureRandom();
    String pin = "SHA256:" + "A".repeat(43);
    JoinSecret late = JoinSecret.make(JoinToken.Purpose.NODE, pin, random);
    JoinSecret good = JoinSecret.make(JoinToken.Purpose.NODE, pin, random);
    database.transact(tx -> addToken(tx, late, tx.now().minusMillis(1), 3));
    database.transact(tx -> addToken(tx, good, tx.now().plusSeconds(60), 3));
    JoinSecret proxy =
        new JoinSecret(JoinToken.Purpose.PROXY, good.id(), good.secret(), good.pin());
    JoinSecret wrong = new JoinSecret(good.purpose(), good.id(), late.secret(), good.pin());
    for (Map.Entry<JoinSecret, String> one :
        Map.of(
                late, "This join token has expired; ask for a new one.",
                proxy, "This join token is for another purpose; ask for a new one.",
                wrong, "There is no such join token; ask for a new one.")
            .entrySet()) {
      assertThat(got(database, tx -> TokenTable.redeem(tx, one.getKey())))
          .contains(new TokenTable.Redeemed.Bad(one.getValue()));
    }
    assertThat(database.transact(TokenTable::all))
        .singleElement()
        .satisfies(token -> assertThat(token.usesLeft()).isEqualTo(3));
  }

  @Test
  default void whoReadsByRevisionMissesNoChangeHoweverManyWrite() throws Exception {
    Database database = database();
    AtomicBoolean writing = new AtomicBoolean(true);
    Future<TreeSet<String>> reader =
        Executors.newVirtualThreadPerTaskExecutor()
            .submit(() -> {
              TreeSet<String> seen = new TreeSet<>();
              long last = 0;
              boolean more = true;
              while (more) {
                more = writing.get();
                long from = last;
                for (DocumentTable.Changed it :
                    database.transact(tx -> DocumentTable.after(tx, from, 7))) {
                  assertThat(it.revision()).isGreaterThan(last);
                  last = it.revision();
                  seen.add(it.name());
                  more = true;
                }
              }
              return seen;
            });
    ConcurrentLinkedQueue<String> written = new ConcurrentLinkedQueue<>();
    together(() -> {
      for (int i = 0; i < 10; i++) {
        String name = "r" + Thread.currentThread().threadId() + "-" + i;
        database.transact(tx -> putRole(tx, name));
        written.add(name);
      }
      return true;
    });
    writing.set(false);
    assertThat(reader.get()).containsExactlyElementsOf(new TreeSet<>(written));
  }

  @Test
  default void aUserHasOnlyRolesThatThereAreAndKeysOfHisOwn() throws Exception {
    Database database = database();
    User alice = new User("alice", List.of("dev"), List.of("ssh-ed25519 AAAA a"), Optional.empty());
    assertThatThrownBy(() -> database.transact(tx -> put(tx, alice)))
        .hasMessage("There is no role dev; add it first.");
    database.transact(tx -> putRole(tx, "dev"));
    database.transact(tx -> put(tx, alice));
    User bob = new User("bob", List.of("dev"), List.of("ssh-ed25519 AAAA b"), Optional.empty());
    assertThatThrownBy(() -> database.transact(tx -> put(tx, bob)))
        .hasMessage("A key of bob is another user's.");
    assertThat(got(database, tx -> UserTable.byKey(tx, "ssh-ed25519 AAAA")))
        .contains(Optional.of(alice));
    assertThatThrownBy(() -> database.transact(tx -> UserTable.removeRole(tx, "dev")))
        .hasMessage("The role dev is one of alice's; take it from all users first.");
    assertThat(got(database, tx -> UserTable.remove(tx, "alice"))).contains(true);
    assertThat(got(database, tx -> put(tx, bob))).contains(true);
  }

  @Test
  default void aMachinesNameIsItsOwnUntilItIsRemoved() throws Exception {
    Database database = database();
    NodeRecord first = database.transact(tx -> join(tx, "db", "ssh-ed25519 AAAA"));
    NodeRecord again = database.transact(tx -> join(tx, "db", "ssh-ed25519 AAAA"));
    assertThat(again.id()).isEqualTo(first.id());
    assertThatThrownBy(() -> database.transact(tx -> join(tx, "db", "ssh-ed25519 BBBB")))
        .hasMessage("The name db is another machine's; choose one, or have that machine removed.");
    assertThat(got(database, tx -> MachineTable.remove(tx, "db")).flatMap(it -> it)).isPresent();
    assertThat(database.transact(tx -> join(tx, "db", "ssh-ed25519 BBBB")).id())
        .isNotEqualTo(first.id());
  }

  @Test
  default void aMachineIsOnlineAfterItsHeartbeatAndItsTokensLabelsWin() throws Exception {
    Database database = database();
    NodeRecord node = database.transact(tx -> join(tx, "db", "ssh-ed25519 AAAA"));
    assertThat(node.online()).isFalse();
    assertThat(node.labels().toString()).isEqualTo("env=prod,own=yes");
    Heartbeat beat =
        new Heartbeat(
            node.id(),
            new Labels(Map.of("env", "dev", "x", "y")),
            List.of("db:2222"),
            List.of("p1"),
            "1.0");
    assertThat(got(database, tx -> MachineTable.heartbeat(tx, beat))).contains(true);
    NodeRecord seen = database.transact(tx -> MachineTable.byId(tx, node.id())).orElseThrow();
    assertThat(seen.online()).isTrue();
    assertThat(seen.labels().toString()).isEqualTo("env=prod,x=y");
    assertThat(seen.addresses()).containsExactly("db:2222");
    assertThat(seen.proxies()).containsExactly("p1");
    Heartbeat unknown = new Heartbeat("no", Labels.NONE, List.of(), List.of(), "");
    assertThat(got(database, tx -> MachineTable.heartbeat(tx, unknown))).contains(false);
  }

  @Test
  default void auditEventsAreNumberedWithoutGapsAndFound() throws Exception {
    Database database = database();
    AuditTrail trail = new AuditTrail(database);
    together(() -> {
      trail.record(AuditEvent.of(AuditCode.LOGIN, "alice", "from", "100%_sure", "count", 3));
      return true;
    });
    trail.recordRefusal(AuditCode.LOGIN_REFUSED, "bob", "reason", "Wrong");
    List<AuditTable.Stored> all =
        database.transact(tx -> AuditTable.after(tx, 0, AuditQuery.LATEST));
    assertThat(all).extracting(AuditTable.Stored::seq).hasSize(TOGETHER + 1);
    for (int i = 0; i < all.size(); i++) {
      assertThat(all.get(i).seq()).isEqualTo(i + 1);
    }
    assertThat(found(database, "bob", null)).hasSize(1);
    assertThat(found(database, null, "wRONG")).hasSize(1);
    assertThat(found(database, null, "100%_")).hasSize(TOGETHER);
    assertThat(found(database, null, "surely")).isEmpty();
    assertThat(all.getLast().json()).contains("\"code\":\"T1000W\",\"time\":\"20");
  }

  @Test
  default void aOneTimeCodeCountsOnceHoweverManyTry() throws Exception {
    Database database = database();
    String secret = SecondFactor.newSecret(new SecureRandom());
    long step = database.transact(tx -> tx.nowMillis()) / 1000 / SecondFactor.STEP_SECONDS;
    assertThat(
            got(
                database,
                tx -> SecondFactor.set(tx, "alice", secret, SecondFactor.code(secret, step - 1))))
        .contains(true);
    String code = SecondFactor.code(secret, step + 1);
    List<Boolean> all =
        together(() -> database.transact(tx -> SecondFactor.verify(tx, "alice", code)));
    assertThat(all).filteredOn(it -> it).hasSize(1);
  }

  @Test
  default void afterSoManyWrongCodesNoneCountsForAWhile() throws Exception {
    Database database = database();
    String secret = SecondFactor.newSecret(new SecureRandom());
    long step = database.transact(tx -> tx.nowMillis()) / 1000 / SecondFactor.STEP_SECONDS;
    database.transact(tx -> SecondFactor.set(tx, "alice", secret, SecondFactor.code(secret, step)));
    for (int i = 0; i < SecondFactor.MOST_FAILURES; i++) {
      assertThat(got(database, tx -> SecondFactor.verify(tx, "alice", "x"))).contains(false);
    }
    assertThat(
            got(
                database,
                tx -> SecondFactor.verify(tx, "alice", SecondFactor.code(secret, step + 1))))
        .contains(false);
  }

  @Test
  default void aDatabaseOfANewerVersionIsLeftAlone() throws Exception {
    database()
        .transact(
            tx -> tx.update("insert into holdfast_schema values (?)", Migrations.version() + 1));
    assertThatThrownBy(this::again)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is of a newer version of Holdfast");
  }

  // ---- making ----

  private static List<AuditTable.Stored> found(
      Database database, @Nullable String user, @Nullable String text) throws IOException {
    AuditQuery query = query(user, text);
    return database.transact(tx -> AuditTable.search(tx, query));
  }

  /** Events of that user with these words. */
  static AuditQuery query(@Nullable String user, @Nullable String text) {
    return new AuditQuery(
        Optional.ofNullable(user),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(text),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static boolean putRole(Tx tx, String name) throws SQLException {
    DocumentTable.put(
        tx,
        Kind.ROLE,
        name,
        new Role(name, Grant.of(LabelSelector.ALL, "root"), Grant.NONE, RoleOptions.NONE));
    return true;
  }

  private static boolean put(Tx tx, User user) throws SQLException {
    UserTable.put(tx, user);
    return true;
  }

  private static boolean addToken(Tx tx, JoinSecret secret, Instant expires, int uses)
      throws SQLException {
    TokenTable.add(
        tx,
        new JoinToken(secret.id(), secret.purpose(), expires, uses, Labels.NONE, "", List.of()),
        secret.hash());
    return true;
  }

  private static NodeRecord join(Tx tx, String name, String key) throws SQLException {
    NodeRecord joining =
        new NodeRecord(
            java.util.UUID.randomUUID().toString(),
            ServiceKind.NODE,
            name,
            key,
            new Labels(Map.of("env", "prod")),
            List.of(),
            List.of(),
            "",
            Optional.empty(),
            false);
    return MachineTable.join(tx, joining, new Labels(Map.of("env", "dev", "own", "yes")));
  }

  /** What a transaction returns, in a form that assertThat can tell from a predicate. */
  private static <T> Optional<T> got(Database database, Database.Work<T> work) throws IOException {
    return Optional.of(database.transact(work));
  }

  /** Does the same at the same time. */
  private static <T> List<T> together(Callable<T> task) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) {
        running.add(threads.submit(task));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    }
  }
}
