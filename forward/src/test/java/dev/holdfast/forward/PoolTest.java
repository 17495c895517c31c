package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PoolTest {
  private static final long MS = 1_000_000;

  private final Pool<String> pool = new Pool<>();
  private long now;
  private int names;

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void pass(long millis) {
    now += millis * MS;
  }

  /** A connection of its own asks and is answered after {@code millis}. */
  private Pool.Use request(long millis) {
    Pool.Use use = pool.began(pool.order(), now);
    pool.sent(use, now);
    pass(millis);
    pool.answered(use, now, true);
    return use;
  }

  private String spare() {
    String name = "spare" + ++names;
    pool.opening();
    pool.opened(name, pool.order(), now);
    return name;
  }

  /** As after a trial that went well. */
  private void provedBeside(int idle) {
    pool.learn(idle);
    pool.expected(now);
  }

  @Test
  void nothingIsMadeAheadForAnAppThatWasNeverSeenToSpeakHttp() {
    Pool.Use use = pool.began(pool.order(), now);
    pool.sent(use, now);
    pool.answered(use, now, false);

    assertThat(pool.ahead(now)).isZero();
    assertThat(pool.missing(now)).isZero();
  }

  @Test
  void oneSpareIsTriedBesideARealRequestOfAnAppThatSpeaksHttp() {
    pool.ended(request(10));

    assertThat(pool.missing(now)).isZero();
    assertThat(pool.ahead(now)).isEqualTo(1);
  }

  @Test
  void anAnswerBesideAnOlderIdleConnectionProvesTheApp() {
    pool.ended(request(10));
    spare();
    pool.ended(request(10));

    assertThat(pool.tolerance().proved()).isEqualTo(1);
    assertThat(pool.missing(now)).isPositive();
  }

  @Test
  void anAnswerBesideAYoungerIdleConnectionProvesNothing() {
    pool.ended(request(10));
    Pool.Use use = pool.began(pool.order(), now);
    pool.sent(use, now);
    spare();
    pool.answered(use, now, true);

    assertThat(pool.tolerance().proved()).isZero();
  }

  @Test
  void aTrialThatHoldsUpTheAnswerIsEndedAndIsTheLast() {
    pool.ended(request(10));
    String spare = spare();
    Pool.Use held = pool.began(pool.order(), now);
    pool.sent(held, now);
    pass(Tolerance.GUARD);
    assertThat(pool.surplus(now)).isEmpty();
    pass(1);
    assertThat(pool.surplus(now)).containsExactly(spare);
    pass(10);
    pool.answered(held, now, true);

    assertThat(pool.tolerance().banned()).contains(Tolerance.Ban.ONE_AT_A_TIME);
    assertThat(pool.ahead(now)).isZero();
    assertThat(pool.missing(now)).isZero();
  }

  @Test
  void anAppThatIsSlowByItselfIsTriedAgainButNotForEver() {
    pool.ended(request(10));
    for (int i = 0; i < Tolerance.TRIALS; i++) {
      assertThat(pool.ahead(now)).isEqualTo(1);
      String spare = spare();
      Pool.Use slow = pool.began(pool.order(), now);
      pool.sent(slow, now);
      pass(Duration.ofSeconds(1));
      assertThat(pool.surplus(now)).containsExactly(spare);
      pass(Duration.ofSeconds(1));
      pool.answered(slow, now, true);
      pool.ended(slow);
      assertThat(pool.ahead(now)).as("rests").isZero();
      pass(Pool.REST);
    }

    assertThat(pool.tolerance().banned()).isEmpty();
    assertThat(pool.ahead(now)).isZero();
  }

  @Test
  void anAnswerThatUsuallyTakesLongIsNoStall() {
    pool.ended(request(400));
    spare();
    Pool.Use use = pool.began(pool.order(), now);
    pool.sent(use, now);
    pass(1000);

    assertThat(pool.surplus(now)).isEmpty();
  }

  @Test
  void aPageGetsABurstOfSparesAndOneStaysForAWhile() {
    provedBeside(1);
    assertThat(pool.missing(now)).isEqualTo(Pool.BURST);
    for (int i = 0; i < Pool.BURST; i++) {
      spare();
    }
    assertThat(pool.missing(now)).isZero();

    pass(Demand.PAGE);
    assertThat(pool.surplus(now)).hasSize(Pool.BURST - 1);
    pass(Pool.REST);
    assertThat(pool.surplus(now)).hasSize(1);
    assertThat(pool.missing(now)).isZero();
  }

  @Test
  void manyConnectionsWithinASecondGetMoreSparesOnceThatIsProved() {
    provedBeside(1);
    for (int i = 0; i < 6; i++) {
      pool.ended(request(10));
    }
    assertThat(pool.missing(now)).isEqualTo(Pool.BURST);
    pool.learn(Pool.BURST - 1);
    assertThat(pool.missing(now)).isEqualTo(Pool.MANY);
  }

  @Test
  void theNewestIsHandedOutUntilSoManyIdleOnesAreProvedThenTheOldest() {
    provedBeside(1);
    List<String> made = List.of(spare(), spare(), spare());
    Pool.Taken<String> first = pool.take(now).orElseThrow();
    assertThat(first.spare()).isEqualTo(made.get(2));
    pool.sent(first.use(), now);
    pool.answered(first.use(), now, true);
    assertThat(pool.tolerance().proved()).isEqualTo(2);

    assertThat(pool.take(now).map(Pool.Taken::spare)).contains(made.get(0));
  }

  @Test
  void moreSparesThanWereProvedAreGivenBackWhenTheyHoldUpAnAnswer() {
    provedBeside(1);
    for (int i = 0; i < Pool.BURST; i++) {
      spare();
    }
    Pool.Use use = pool.take(now).orElseThrow().use();
    pool.sent(use, now);
    pass(Tolerance.GUARD);
    pass(1);
    assertThat(pool.surplus(now)).hasSize(Pool.BURST - 1);
    pass(5);
    pool.answered(use, now, true);

    assertThat(pool.tolerance().banned()).contains(Tolerance.Ban.ONE_AT_A_TIME);
  }

  @Test
  void sparesOfAProvedAppAreGivenBackWhenAnAnswerStalls() {
    provedBeside(Pool.MANY);
    spare();
    spare();
    Pool.Use use = pool.began(pool.order(), now);
    pool.sent(use, now);
    pass(Pool.STALL);
    assertThat(pool.surplus(now)).isEmpty();
    pass(1);
    assertThat(pool.surplus(now)).hasSize(2);
    pass(Duration.ofSeconds(5));
    pool.answered(use, now, true);

    assertThat(pool.tolerance().banned()).as("they were not to blame").isEmpty();
    assertThat(pool.missing(now)).as("rests").isZero();
  }

  @Test
  void noSpareIsUsedOrKeptBeyondItsAge() {
    provedBeside(5);
    String spare = spare();
    pass(Pool.AGE);
    pool.expected(now);
    pass(1);
    assertThat(pool.take(now)).isEmpty();
    assertThat(pool.surplus(now)).containsExactly(spare);
  }

  @Test
  void sparesAreYoungerThanHalfOfWhatTheAppCloses() {
    provedBeside(5);
    String spare = spare();
    pass(Duration.ofSeconds(7));
    pool.touched(spare, false, now);

    assertThat(Duration.ofNanos(pool.tolerance().ageNanos())).isEqualTo(Duration.ofMillis(3500));
    assertThat(pool.tolerance().banned()).isEmpty();
  }

  @Test
  void anAppThatClosesIdleConnectionsAtOnceGetsNone() {
    provedBeside(5);
    String spare = spare();
    pass(Tolerance.LEAST_LIMIT.minusMillis(1));
    pool.touched(spare, false, now);

    assertThat(pool.tolerance().banned()).contains(Tolerance.Ban.CLOSES);
  }

  @Test
  void anAppThatSpeaksOnIdleConnectionsGetsNone() {
    provedBeside(5);
    String spare = spare();
    pool.touched(spare, true, now);

    assertThat(pool.tolerance().banned()).contains(Tolerance.Ban.SPOKE_FIRST);
    assertThat(pool.take(now)).isEqualTo(Optional.empty());
  }

  @Test
  void sparesThatCloseOnTheirFirstRequestAreLearnedFromAndTheSecondIsTheLast() {
    provedBeside(5);
    closesOnItsRequest(Duration.ofSeconds(6));
    assertThat(pool.tolerance().banned()).isEmpty();
    assertThat(Duration.ofNanos(pool.tolerance().ageNanos())).isEqualTo(Duration.ofSeconds(3));

    closesOnItsRequest(Duration.ofSeconds(1));
    assertThat(pool.tolerance().banned()).contains(Tolerance.Ban.CLOSES);
  }

  private void closesOnItsRequest(Duration age) {
    spare();
    pass(age);
    Pool.Use use = pool.take(now).orElseThrow().use();
    pool.sent(use, now);
    pool.endedByApp(use, now);
    pool.ended(use);
  }

  @Test
  void connectionsThatEndedWithTheirSessionOrByTheirClientTeachNothing() {
    provedBeside(5);
    for (int i = 0; i < 2 * Tolerance.EARLY_CLOSES; i++) {
      spare();
      Pool.Use use = pool.take(now).orElseThrow().use();
      pool.sent(use, now);
      pool.ended(use);
    }
    assertThat(pool.tolerance().banned()).isEmpty();
    assertThat(Duration.ofNanos(pool.tolerance().ageNanos())).isEqualTo(Pool.AGE);
  }

  @Test
  void whatGoesForOtherReasonsTeachesNothing() {
    provedBeside(5);
    pool.lost(spare());
    spare();
    assertThat(pool.drop()).hasSize(1);

    assertThat(pool.tolerance().banned()).isEmpty();
    assertThat(Duration.ofNanos(pool.tolerance().ageNanos())).isEqualTo(Pool.AGE);
  }

  @Test
  void nothingIsKnownOfAnAppThatCameInTheOthersPlace() {
    provedBeside(5);
    pool.touched(spare(), true, now);
    pool.forget();

    assertThat(pool.tolerance().banned()).isEmpty();
    assertThat(pool.tolerance().proved()).isZero();
    assertThat(pool.missing(now)).isZero();
  }

  @Test
  void sparesOnTheirWayAreCounted() {
    provedBeside(1);
    pool.opening();
    pool.opening();
    assertThat(pool.missing(now)).isEqualTo(Pool.BURST - 2);
    pool.failed();
    assertThat(pool.missing(now)).isEqualTo(Pool.BURST - 1);
  }
}
