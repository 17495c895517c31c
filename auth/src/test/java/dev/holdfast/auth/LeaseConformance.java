package dev.holdfast.auth;

import static dev.holdfast.auth.LeaseRig.EPOCH;
import static dev.holdfast.auth.LeaseRig.TIME;
import static dev.holdfast.auth.LeaseRig.USER;
import static dev.holdfast.auth.LeaseRig.book;
import static dev.holdfast.auth.LeaseRig.limit;
import static dev.holdfast.auth.LeaseRig.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Json;
import dev.holdfast.access.Lease;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.Leases;
import dev.holdfast.access.Lock;
import dev.holdfast.auth.SemaphoreHistory.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What leases do, whichever database they are in. */
interface LeaseConformance {
  /** Seconds. */
  long LONG = 1_800;

  LeaseAnswer HELD = new LeaseAnswer.Held(TIME.timeout());

  /** The database, empty but for its tables. */
  Database database() throws Exception;

  /** The same for several services, as many as it can have. */
  List<Database> services() throws Exception;

  private static boolean isLong() {
    return Boolean.getBoolean("holdfast.long");
  }

  @Test
  @Timeout(LONG)
  default void fiveNodesTwoHundredDialsLimitTwentyExactlyTwenty() throws Exception {
    List<Database> services = services();
    limit(services.getFirst(), 20);
    for (int round = 0; round < (isLong() ? 1_000 : 20); round++) {
      List<LeaseBook> books = services.stream().map(one -> book(one, new AtomicLong())).toList();
      List<Callable<LeaseAnswer>> dials = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        Leases node = books.get(i % books.size()).of("node" + i % 5);
        dials.add(() -> node.take(order()));
      }
      List<LeaseAnswer> answers = together(dials);
      assertThat(answers).filteredOn(HELD::equals).hasSize(20);
      assertThat(answers).filteredOn(it -> it.equals(new LeaseAnswer.Full(20, 0))).hasSize(180);
      for (int i = 0; i < 5; i++) {
        books.getFirst().of("node" + i).drop(List.of(EPOCH));
      }
    }
  }

  /** What threads saw that really ran at the same time, searched for an order that explains it. */
  @Test
  @Timeout(LONG)
  default void whatIsAnsweredAtTheSameTimeCouldHaveBeenOneAfterTheOther() throws Exception {
    List<Database> services = services();
    limit(services.getFirst(), 3);
    for (int round = 0; round < (isLong() ? 200 : 5); round++) {
      SemaphoreHistory history = new SemaphoreHistory(3);
      List<Callable<Boolean>> threads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Leases node = book(services.get(i % services.size()), new AtomicLong()).of("node" + i);
        Random random = new Random(round * 100L + i);
        threads.add(() -> takeAndRelease(node, random, history));
      }
      together(threads);
      assertThat(history.isLinearizable()).as("round %d: %s", round, history).isTrue();
    }
  }

  private static boolean takeAndRelease(Leases node, Random random, SemaphoreHistory history)
      throws Exception {
    List<LeaseOrder> held = new ArrayList<>();
    for (int i = 0; i < 8 || !held.isEmpty(); i++) {
      long asked = System.nanoTime();
      if (i < 8 && (held.isEmpty() || random.nextBoolean())) {
        LeaseOrder order = order();
        boolean granted = node.take(order).equals(HELD);
        history.add(granted ? Kind.GRANTED : Kind.FULL, order.id(), asked, System.nanoTime());
        if (granted) {
          held.add(order);
        }
      } else {
        String id = held.removeLast().id();
        node.release(List.of(id));
        history.add(Kind.RELEASED, id, asked, System.nanoTime());
      }
    }
    return true;
  }

  @Test
  @Timeout(LONG)
  default void historiesFromSeedsNeverHaveOneTooMany() throws Exception {
    List<Database> services = services();
    for (int seed = 0; seed < (isLong() ? 500 : 12); seed++) {
      new LeaseWorld(services, seed).run();
    }
  }

  @Test
  default void aSlotIsFreeAtOnceAfterACleanEndAndNoLateRenewalTakesItBack() throws Exception {
    Database database = database();
    limit(database, 1);
    Leases node = book(database, new AtomicLong()).of("n1");
    LeaseOrder first = order();
    assertThat(node.take(first)).isEqualTo(HELD);
    assertThat(node.take(order())).isEqualTo(new LeaseAnswer.Full(1, 0));
    node.release(List.of(first.id()));
    LeaseRenewal late = new LeaseRenewal(first.id(), false);
    assertThat(node.renew(List.of(late))).isEqualTo(Map.of(first.id(), LeaseRenewal.State.GONE));
    assertThat(node.take(first)).isEqualTo(new LeaseAnswer.Over());
    assertThat(node.take(order())).isEqualTo(HELD);
  }

  @Test
  default void whatIsReleasedBeforeItIsTakenIsNotTakenAndOthersReleaseNothing() throws Exception {
    Database database = database();
    limit(database, 1);
    LeaseBook book = book(database, new AtomicLong());
    LeaseOrder order = order();
    book.of("n1").release(List.of(order.id()));
    assertThat(book.of("n1").take(order)).isEqualTo(new LeaseAnswer.Over());
    LeaseOrder other = order();
    assertThat(book.of("n1").take(other)).isEqualTo(HELD);
    book.of("n2").release(List.of(other.id()));
    assertThat(book.of("n2").renew(List.of(new LeaseRenewal(other.id(), false))))
        .containsValue(LeaseRenewal.State.GONE);
    assertThat(book.of("n2").take(order())).isEqualTo(new LeaseAnswer.Full(1, 0));
  }

  @Test
  default void takingAgainWithTheSameIdTakesNoSecondSlot() throws Exception {
    Database database = database();
    limit(database, 2);
    LeaseBook book = book(database, new AtomicLong());
    LeaseOrder order = order();
    for (int i = 0; i < 3; i++) {
      assertThat(book.of("n1").take(order)).isEqualTo(HELD);
    }
    assertThat(book.list(Optional.of(USER))).extracting(Lease::id).containsExactly(order.id());
    assertThat(book.of("n2").take(order)).isEqualTo(new LeaseAnswer.Over());
  }

  @Test
  default void aDeadHoldersSlotIsFreeAfterItsTimeAndNoSooner() throws Exception {
    Database database = database();
    limit(database, 1);
    AtomicLong clock = new AtomicLong(-5);
    LeaseBook book = book(database, clock);
    LeaseOrder order = order();
    Leases node = book.of("n1");
    node.take(order);
    assertThat(node.take(order())).isInstanceOf(LeaseAnswer.Full.class);
    clock.addAndGet(TIME.deadNanos() - 1);
    assertThat(node.take(order())).isInstanceOf(LeaseAnswer.Full.class);
    node.renew(List.of(new LeaseRenewal(order.id(), false)));
    clock.addAndGet(1);
    assertThat(node.take(order())).isInstanceOf(LeaseAnswer.Full.class);
    clock.addAndGet(TIME.deadNanos());
    // Another service has seen nothing yet.
    assertThat(book(database, clock).of("n1").take(order())).isInstanceOf(LeaseAnswer.Full.class);
    assertThat(node.take(order())).isEqualTo(HELD);
    assertThat(events(database, AuditCode.LEASE_EXPIRED)).hasSize(1);
    assertThat(node.renew(List.of(new LeaseRenewal(order.id(), false))))
        .containsValue(LeaseRenewal.State.GONE);
  }

  @Test
  default void theSweepRemovesTheDeadAndWhatIsOverInTheEnd() throws Exception {
    Database database = database();
    limit(database, 3);
    AtomicLong clock = new AtomicLong();
    LeaseBook book = book(database, clock);
    Leases node = book.of("n1");
    LeaseOrder lives = order();
    LeaseOrder over = order();
    node.take(lives);
    node.take(order());
    node.take(over);
    node.release(List.of(over.id()));
    book.sweep();
    clock.addAndGet(TIME.deadNanos());
    node.renew(List.of(new LeaseRenewal(lives.id(), false)));
    book.sweep();
    assertThat(book.list(Optional.empty())).extracting(Lease::id).containsExactly(lives.id());
    assertThat(node.take(over)).isEqualTo(new LeaseAnswer.Over());
    clock.addAndGet(LeaseTable.REMEMBERED.deadNanos());
    book.sweep();
    List<LeaseTable.Row> left = database.transact(tx -> LeaseTable.page(tx, "", 10));
    assertThat(left).isEmpty();
  }

  @Test
  default void anEpochsLeasesAreDroppedTogetherAndNoOthers() throws Exception {
    Database database = database();
    limit(database, 4);
    LeaseBook book = book(database, new AtomicLong());
    String other = EPOCH.replace('1', '2');
    LeaseOrder stays = order(other);
    book.of("n1").take(order());
    book.of("n1").take(order());
    book.of("n1").take(stays);
    LeaseOrder elsewhere = order();
    book.of("n2").take(elsewhere);
    book.of("n1").drop(List.of(EPOCH));
    assertThat(book.list(Optional.empty()))
        .extracting(Lease::id)
        .containsExactlyInAnyOrder(stays.id(), elsewhere.id());
    assertThat(events(database, AuditCode.LEASES_DROPPED).getFirst()).contains("\"count\":2");
  }

  @Test
  default void goingOverTheLimitIsAuditedWithTheFieldsThatOthersGiveIt() throws Exception {
    Database database = database();
    limit(database, 0);
    book(database, new AtomicLong()).of("n1").take(order());
    String event = events(database, AuditCode.LIMIT_REACHED).getFirst();
    Json.Members members = (Json.Members) Json.parse(event);
    assertThat(members.values().keySet())
        .isEqualTo(
            Set.of(
                "ei",
                "event",
                "code",
                "max",
                "proto",
                "server_id",
                "sessctl_kind",
                "time",
                "uid",
                "user"));
    assertThat(event)
        .contains(
            "\"event\":\"sessctl.limit\"",
            "\"code\":\"T1006W\"",
            "\"max\":0",
            "\"proto\":\"ssh\"",
            "\"server_id\":\"n1\"",
            "\"sessctl_kind\":\"connection\"",
            "\"user\":\"alice\"");
    assertThat(events(database, AuditCode.SESSION_REJECTED).getFirst())
        .contains("\"reason\":\"limit\"");
  }

  @Test
  default void whoIsLockedIsRefusedForThatAndWhoIsNotLimitedTakesNothing() throws Exception {
    Database database = database();
    limit(database, 1);
    LeaseBook book = book(database, new AtomicLong());
    Lock lock =
        new Lock("x", new Lock.Target(Lock.Kind.USER, USER), "lost laptop", Optional.empty());
    database.transact(tx -> put(tx, lock));
    assertThat(book.of("n1").take(order()))
        .isEqualTo(new LeaseAnswer.Barred("The user alice is locked: lost laptop"));
    assertThat(events(database, AuditCode.SESSION_REJECTED).getFirst())
        .contains("\"reason\":\"locked\"");
    database.transact(tx -> DocumentTable.remove(tx, dev.holdfast.auth.Kind.LOCK, "x"));
    database.transact(tx -> putRole(tx));
    assertThat(book.of("n1").take(order())).isEqualTo(new LeaseAnswer.Unlimited());
    assertThat(book.list(Optional.empty())).isEmpty();
  }

  private static boolean put(Tx tx, Lock lock) throws java.sql.SQLException {
    DocumentTable.put(tx, dev.holdfast.auth.Kind.LOCK, lock.id(), lock);
    return true;
  }

  private static boolean putRole(Tx tx) throws java.sql.SQLException {
    DocumentTable.put(
        tx,
        dev.holdfast.auth.Kind.ROLE,
        "limited",
        new dev.holdfast.access.Role(
            "limited",
            dev.holdfast.access.Grant.NONE,
            dev.holdfast.access.Grant.NONE,
            dev.holdfast.access.RoleOptions.NONE));
    return true;
  }

  @Test
  default void aUserEndsHisOwnWhenItIsDetachedAndItsSlotIsFreeWhenItHasEnded() throws Exception {
    Database database = database();
    limit(database, 1);
    LeaseBook book = book(database, new AtomicLong());
    Leases node = book.of("n1");
    LeaseOrder order = order();
    node.take(order);
    Caller by = new Caller.Host();
    assertThatThrownBy(() -> book.remove(by, order.id(), Optional.of("bob")))
        .isInstanceOf(InvalidRecordException.class)
        .hasMessageStartingWith("There is no lease");
    assertThatThrownBy(() -> book.remove(by, order.id(), Optional.of(USER)))
        .hasMessageStartingWith("The client of that connection is there");
    node.renew(List.of(new LeaseRenewal(order.id(), true)));
    assertThat(node.take(order())).isEqualTo(new LeaseAnswer.Full(1, 1));
    long before = database.transact(DocumentTable::lastRevision);
    book.remove(by, order.id(), Optional.of(USER));
    assertThat(database.transact(DocumentTable::lastRevision)).isGreaterThan(before);
    assertThat(book.list(Optional.empty()).getFirst().ending()).isTrue();
    assertThat(node.take(order())).isInstanceOf(LeaseAnswer.Full.class);
    assertThat(node.renew(List.of(new LeaseRenewal(order.id(), true))))
        .containsValue(LeaseRenewal.State.ENDING);
    node.release(List.of(order.id()));
    assertThat(node.take(order())).isEqualTo(HELD);
  }

  @Test
  default void moreThanAThousandInOneCallAreRefused() throws Exception {
    Leases node = book(database(), new AtomicLong()).of("n1");
    List<String> most = ids(Leases.MOST_AT_ONCE);
    node.release(most);
    assertThat(node.renew(most.stream().map(id -> new LeaseRenewal(id, false)).toList()))
        .hasSize(Leases.MOST_AT_ONCE);
    assertThatThrownBy(() -> node.release(ids(Leases.MOST_AT_ONCE + 1)))
        .isInstanceOf(InvalidRecordException.class);
  }

  private static List<String> ids(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add("0000000000000000-%08d".formatted(i));
    }
    return ids;
  }

  private static List<String> events(Database database, AuditCode code) throws Exception {
    AuditQuery query =
        new AuditQuery(
            Optional.empty(),
            Optional.empty(),
            Optional.of(code.code()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return database.transact(tx -> AuditTable.search(tx, query)).stream()
        .map(AuditTable.Stored::json)
        .toList();
  }

  /** Does all of it at the same time, as far as there are threads. */
  private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    CountDownLatch ready = new CountDownLatch(tasks.size());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> task : tasks) {
        running.add(
            threads.submit(() -> {
              ready.countDown();
              ready.await();
              return task.call();
            }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(one.get());
      }
      return results;
    }
  }
}
