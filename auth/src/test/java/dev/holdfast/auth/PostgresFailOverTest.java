package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.Leases;
import dev.holdfast.auth.SemaphoreHistory.Kind;
import dev.holdfast.testkit.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The database is killed with -9 while leases are taken and released, and its synchronous standby
 * takes over: what was answered before and after could have been one after the other.
 */
@Timeout(1200)
final class PostgresFailOverTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.long") ? 25 : 1;
  private static final int LIMIT = 3;
  private static final int NODES = 5;
  private static final int EACH = 12;

  private final AtomicInteger answered = new AtomicInteger();

  /** Leases whose nodes were told that they hold them, and have not asked for their release. */
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  @Test
  void noLeaseThatWasConfirmedIsLostAndNoneIsGivenTooMany() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      try (Postgres first = Postgres.start();
          Postgres standby = first.standby();
          Database database = Database.open(first.urlWith(standby))) {
        LeaseRig.limit(database, LIMIT);
        failOver(first, standby, database, round);
      }
    }
  }

  private void failOver(Postgres first, Postgres standby, Database database, int round)
      throws Exception {
    SemaphoreHistory history = new SemaphoreHistory(LIMIT);
    answered.set(0);
    held.clear();
    int when = 5 + new Random(round).nextInt(NODES * EACH / 2);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> nodes = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        Leases node = LeaseRig.book(database, new AtomicLong()).of("node" + i);
        Random random = new Random(round * 100L + i);
        nodes.add(threads.submit(() -> takeAndRelease(node, random, history)));
      }
      Awaitility.await().pollDelay(Duration.ZERO).until(() -> answered.get() >= when);
      first.kill();
      standby.promote();
      for (Future<?> node : nodes) {
        node.get();
      }
    }
    assertThat(history.isLinearizable()).as("round %d: %s", round, history).isTrue();
    areStillThere(database);
  }

  private void takeAndRelease(Leases node, Random random, SemaphoreHistory history) {
    List<String> own = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      if (own.isEmpty() || random.nextBoolean()) {
        take(node, own, history);
      } else {
        release(node, own.removeLast(), history);
      }
    }
  }

  private void take(Leases node, List<String> own, SemaphoreHistory history) {
    LeaseOrder order = LeaseRig.order();
    long asked = System.nanoTime();
    try {
      boolean granted = node.take(order) instanceof LeaseAnswer.Held;
      history.add(granted ? Kind.GRANTED : Kind.FULL, order.id(), asked, System.nanoTime());
      answered.incrementAndGet();
      if (granted) {
        own.add(order.id());
        held.add(order.id());
      }
    } catch (IOException e) {
      history.addUnanswered(Kind.ASKED, order.id(), asked);
    }
  }

  private void release(Leases node, String id, SemaphoreHistory history) {
    held.remove(id);
    long asked = System.nanoTime();
    try {
      node.release(List.of(id));
      history.add(Kind.RELEASED, id, asked, System.nanoTime());
      answered.incrementAndGet();
    } catch (IOException e) {
      history.addUnanswered(Kind.RELEASED, id, asked);
    }
  }

  private void areStillThere(Database database) throws IOException {
    assertThat(held).hasSizeLessThanOrEqualTo(LIMIT);
    LeaseBook book = LeaseRig.book(database, new AtomicLong());
    List<String> there = book.list(Optional.of(LeaseRig.USER)).stream().map(it -> it.id()).toList();
    assertThat(there).containsAll(held);
  }
}
