package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRefusal;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.node.FakeLeases.Weather;
import dev.holdfast.node.LeaseKeeper.Outcome;
import dev.holdfast.node.LeaseKeeper.Wish;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A keeper by a clock that the test sets. */
@Timeout(120)
final class LeaseKeeperTest {
  private static final LeaseTime TIME = new LeaseTime(FakeLeases.TIMEOUT);

  private final FakeLeases leases = new FakeLeases(50);
  private final AtomicLong clock = new AtomicLong();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final LeaseKeeper keeper =
      LeaseKeeper.start(
          leases,
          "epoch-0000000000000000",
          clock::get,
          new LeaseWatch() {
            @Override
            public void refused(LeaseOrder order, LeaseRefusal why) {
              told.add(why.reason());
            }

            @Override
            public void ended(LeaseOrder order, LeaseKeeper.Ending why) {
              told.add("ended " + why);
            }

            @Override
            public void uncounted(LeaseOrder order) {
              told.add("uncounted");
            }
          });

  @AfterEach
  void close() {
    leases.weather(Weather.FINE);
    keeper.close();
  }

  @Test
  void whoComesInHoldsASlotUntilHisConnectionEnds() throws Exception {
    CountedConnection connection = enter();
    assertThat(leases.held()).hasSize(1);
    assertThat(connection.admits()).isTrue();
    connection.close();
    connection.close();
    await(() -> leases.held().isEmpty());
    assertThat(connection.admits()).isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void allLeasesAreRenewedInOneCallWhenOneIsDue() throws Exception {
    for (int i = 0; i < 50; i++) {
      enter();
    }
    assertThat(keeper.enter(wish(false), ended::add))
        .isEqualTo(new Outcome.Refused(new LeaseRefusal.Limit(50, 0)));
    clock.addAndGet(TIME.renewNanos());
    await(() -> !leases.renewals().isEmpty());
    assertThat(leases.renewals()).startsWith(50);
    clock.addAndGet(TIME.endNanos() - 1);
    await(() -> leases.renewals().size() >= 2);
    assertThat(ended).isEmpty();
  }

  @Test
  void whileTheStoreIsAwayAConnectionEndsBeforeAnybodyCouldCountItForDead() throws Exception {
    CountedConnection connection = enter();
    leases.weather(Weather.AWAY);
    clock.addAndGet(TIME.endNanos() - 1);
    assertThat(connection.admits()).isTrue();
    clock.addAndGet(1);
    assertThat(connection.admits()).isFalse();
    await(() -> !ended.isEmpty());
    assertThat(ended).containsExactly(LeaseKeeper.Ending.LOST.sentence());
    assertThat(told).containsExactly("ended LOST");
    assertThat(keeper.size()).isZero();
  }

  @Test
  void aProcessThatWasStoppedLetsNoByteThroughAfterItWakes() throws Exception {
    CountedConnection connection = enter();
    clock.addAndGet(3 * TIME.timeout().toNanos());
    // The store would renew it gladly: nobody else has asked for the slot.
    assertThat(connection.admits()).isFalse();
    keeper.look();
    await(() -> !ended.isEmpty());
    assertThat(connection.admits()).isFalse();
  }

  @Test
  void limitUnreachableAndBusyAreToldApart() throws Exception {
    leases.weather(Weather.AWAY);
    assertThat(keeper.enter(wish(false), ended::add))
        .isEqualTo(new Outcome.Refused(new LeaseRefusal.Unreachable()));
    assertThat(leases.takes()).isEqualTo(LeaseKeeper.MOST_ATTEMPTS);
    leases.weather(Weather.BUSY);
    assertThat(keeper.enter(wish(false), ended::add))
        .isEqualTo(new Outcome.Refused(new LeaseRefusal.Busy()));
    assertThat(told).containsExactly("unreachable", "busy");
    assertThat(
            List.of(
                new LeaseRefusal.Limit(3, 0).sentence(),
                new LeaseRefusal.Unreachable().sentence(),
                new LeaseRefusal.Busy().sentence(),
                new LeaseRefusal.Locked("The user alice is locked.").sentence()))
        .doesNotHaveDuplicates();
  }

  @Test
  void anAnswerThatWasLostTakesNoSecondSlot() throws Exception {
    leases.weather(Weather.ANSWERS_LOST);
    CountedConnection connection = enter();
    assertThat(leases.takes()).isEqualTo(2);
    assertThat(leases.held()).hasSize(1);
    connection.close();
    await(() -> leases.held().isEmpty());
  }

  @Test
  void whoMayGoOnUncountedIsCountedOnceItCanBe() throws Exception {
    leases.weather(Weather.AWAY);
    Outcome outcome = keeper.enter(wish(true), ended::add);
    assertThat(outcome).isInstanceOf(Outcome.Counted.class);
    CountedConnection connection = ((Outcome.Counted) outcome).connection();
    clock.addAndGet(10 * TIME.timeout().toNanos());
    assertThat(connection.admits()).isTrue();
    assertThat(told).containsExactly("uncounted");
    leases.weather(Weather.FINE);
    await(() -> leases.held().size() == 1);
    connection.close();
    await(() -> leases.held().isEmpty());
    assertThat(ended).isEmpty();
  }

  @Test
  void aConnectionThatSomebodyHadEndedEnds() throws Exception {
    CountedConnection connection = enter();
    leases.end(leases.held().iterator().next());
    keeper.look();
    await(() -> ended.contains(LeaseKeeper.Ending.REMOVED.sentence()));
    connection.close();
    await(() -> leases.held().isEmpty());
  }

  @Test
  void theClockGoesOn() {
    BootClock real = new BootClock();
    long before = real.getAsLong();
    await(() -> real.getAsLong() > before);
    assertThat(before).isPositive();
  }

  private CountedConnection enter() throws InterruptedException {
    return ((Outcome.Counted) keeper.enter(wish(false), ended::add)).connection();
  }

  private static Wish wish(boolean lenient) {
    return new Wish("alice", "root", "192.0.2.1", lenient);
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }
}
