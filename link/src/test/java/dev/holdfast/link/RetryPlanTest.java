package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.RetryPlan.Outcome;
import dev.holdfast.link.RetryPlan.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryPlanTest {
  private static final Duration ROUND_TRIP = Duration.ofMillis(50);

  /** The plan's clock may begin anywhere. */
  private static final long LOST = -7_000_000_000L;

  @Test
  void startsAtOnce() {
    assertThat(plan().next(LOST)).isEqualTo(new Step.Start(0, RetryPlan.LIFE));
  }

  @Test
  void afterSilenceOfAnyLengthBytesFlowWithin200MillisMostlyAnd1SecondAlways() {
    for (OutageSimulation.Away away :
        List.of(OutageSimulation.Away.SILENT, OutageSimulation.Away.NO_ROUTE_TOLD)) {
      for (Duration longest : List.of(minutes(1), minutes(15), minutes(60), minutes(90))) {
        long[] millis = recoveries(away, longest, ROUND_TRIP, ROUND_TRIP);
        assertThat(millis[millis.length / 2]).as("%s %s", away, longest).isLessThanOrEqualTo(200);
        assertThat(millis[millis.length - 1]).as("%s %s", away, longest).isLessThanOrEqualTo(1000);
      }
    }
  }

  @Test
  void aNetworkWhoseReturnNobodyTellsIsFoundWithinASecond() {
    for (Duration longest : List.of(minutes(1), minutes(90))) {
      long[] millis = recoveries(OutageSimulation.Away.NO_ROUTE, longest, ROUND_TRIP, ROUND_TRIP);
      assertThat(millis[millis.length - 1]).isLessThanOrEqualTo(1000);
    }
  }

  @Test
  void getsThroughANetworkThatIsMuchSlowerThanTheLastOne() {
    Duration slow = Duration.ofMillis(1300);
    long[] millis = recoveries(OutageSimulation.Away.SILENT, minutes(2), ROUND_TRIP, slow);
    assertThat(millis[millis.length - 1]).isLessThanOrEqualTo(2 * slow.toMillis() + 3000);
  }

  @Test
  void aRoundTripThatWasMeasuredInACongestionStallsNothing() {
    Duration congested = Duration.ofSeconds(5);
    long[] millis = recoveries(OutageSimulation.Away.SILENT, minutes(2), congested, ROUND_TRIP);
    assertThat(millis[millis.length / 2]).isLessThanOrEqualTo(500);
    assertThat(millis[millis.length - 1]).isLessThanOrEqualTo(1500);
  }

  /** Sorted, in milliseconds, for outages of all lengths up to {@code longest}. */
  private static long[] recoveries(
      OutageSimulation.Away away, Duration longest, Duration before, Duration after) {
    SplittableRandom lengths = new SplittableRandom(longest.toNanos());
    long[] millis = new long[40];
    for (int seed = 0; seed < millis.length; seed++) {
      Duration outage = Duration.ofNanos(lengths.nextLong(longest.toNanos()));
      OutageSimulation simulation = new OutageSimulation(seed, away, outage, before, after);
      millis[seed] = simulation.recovery().toMillis();
      assertThat(simulation.mostAtOnce()).isLessThanOrEqualTo(RetryPlan.MAX_ATTEMPTS);
      assertThat(simulation.attempts())
          .isLessThan(10 + (int) ((outage.toMillis() + millis[seed]) / 120));
    }
    Arrays.sort(millis);
    return millis;
  }

  @Test
  void eightAreUnderWayAndTheOldestThatIsNoElderMakesWay() {
    RetryPlan plan = plan();
    Run run = new Run(plan);
    run.until(LOST + seconds(1.9));
    assertThat(run.underWay).hasSize(RetryPlan.MAX_ATTEMPTS).startsWith(0, 1);
    assertThat(run.underWay.get(2)).isGreaterThan(2);
    assertThat(run.started).as("one each 150 ms").isBetween(11, 16);
  }

  @Test
  void eldersEndWithTheirLife() {
    Run run = new Run(plan());
    run.until(LOST + RetryPlan.LIFE.toNanos() - 1);
    assertThat(run.underWay).as("an elder, begun after attempt 0").contains(1);
    run.until(LOST + RetryPlan.LIFE.toNanos());
    assertThat(run.underWay).doesNotContain(0);
  }

  @Test
  void onASlowNetworkLifeIsSixRoundTripsAndNoneMakesWayYoungerThanThree() {
    Duration roundTrip = Duration.ofMillis(800);
    RetryPlan plan = new RetryPlan(LOST, roundTrip, RetryPlan.UNLIMITED, new SplittableRandom(3));
    assertThat(plan.next(LOST)).isEqualTo(new Step.Start(0, roundTrip.multipliedBy(6)));
    Run run = new Run(plan);
    run.until(LOST + roundTrip.toNanos() * 3);
    assertThat(run.started).as("one each 400 ms").isBetween(4, RetryPlan.MAX_ATTEMPTS - 1);
    assertThat(run.ended).isZero();
    run.until(LOST + roundTrip.toNanos() * 5);
    assertThat(run.ended).isPositive();
    assertThat(run.underWay).as("an elder, begun after attempt 0").contains(1);
  }

  @Test
  void whileAConnectionAwaitsThePeersWordNothingStarts() {
    RetryPlan plan = plan();
    assertThat(plan.next(LOST)).isInstanceOf(Step.Start.class);
    plan.connected(0, LOST + millis(50));
    Run run = new Run(plan);
    run.until(LOST + millis(50) + RetryPlan.HOLD.toNanos() - 1);
    assertThat(run.started).isZero();
    run.until(LOST + millis(50) + RetryPlan.HOLD.toNanos());
    assertThat(run.started).isOne();
  }

  @Test
  void aServerThatTakesSecondsToAnswerIsWaitedForInTheEnd() {
    RetryPlan plan = plan();
    List<Long> held = new ArrayList<>();
    for (int attempt = 0; attempt < 7; attempt++) {
      plan.connected(attempt, LOST);
      held.add(plan.hold().toMillis());
      plan.overtaken(attempt, LOST);
    }
    assertThat(held).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 8_000L, 8_000L, 8_000L);
    plan.changed(LOST);
    assertThat(plan.hold()).as("after a change of the network").isEqualTo(RetryPlan.HOLD);
  }

  @Test
  void nothingStartsWhileAConnectionIsHeldLonger() {
    RetryPlan plan = plan();
    plan.overtaken(0, LOST);
    assertThat(plan.next(LOST)).isInstanceOf(Step.Start.class);
    plan.connected(0, LOST);
    Run run = new Run(plan);
    run.until(LOST + 2 * RetryPlan.HOLD.toNanos() - 1);
    assertThat(run.started).isZero();
    run.until(LOST + 2 * RetryPlan.HOLD.toNanos());
    assertThat(run.started).isOne();
  }

  @Test
  void aConnectionThatBreaksInsteadEndsThePause() {
    RetryPlan plan = plan();
    assertThat(plan.next(LOST)).isInstanceOf(Step.Start.class);
    plan.connected(0, LOST + millis(50));
    plan.ended(0, Outcome.SILENT, LOST + millis(200));
    assertThat(plan.next(LOST + millis(200))).isInstanceOf(Step.Start.class);
  }

  @Test
  void aServerThatRefusesIsTriedQuicklyForASecond() {
    List<Long> pauses = pauses(Outcome.REFUSED, 6);
    for (int i = 0; i < 6; i++) {
      assertThat(pauses.get(i)).isBetween(40L * (i + 1), 60L * (i + 1));
    }
  }

  @Test
  void thenThePauseGrowsToFiveSecondsAtMost() {
    List<Long> pauses = pauses(Outcome.REFUSED, 200);
    assertThat(pauses).allSatisfy(pause -> assertThat(pause).isBetween(40L, 5000L));
    assertThat(pauses.subList(20, 200).stream().mapToLong(p -> p).average().orElseThrow())
        .as("full jitter: half of it in the mean")
        .isBetween(2000.0, 3000.0);
  }

  @Test
  void aBusyServerGetsNoQuickSecond() {
    long total = 0;
    for (int seed = 0; seed < 200; seed++) {
      List<Long> pauses = pauses(new SplittableRandom(seed), Outcome.BUSY, 6);
      assertThat(pauses.getFirst()).isBetween(50L, 100L);
      total += pauses.get(5);
    }
    assertThat(total / 200).as("the sixth: half of 3.2 s in the mean").isBetween(1300L, 1900L);
  }

  @Test
  void attemptsRefusedTogetherCountOnce() {
    RetryPlan plan = plan();
    Run run = new Run(plan);
    run.until(LOST + seconds(0.5));
    int refused = run.underWay.size();
    assertThat(refused).isGreaterThan(2);
    for (int attempt = 0; attempt < refused; attempt++) {
      plan.ended(attempt, Outcome.REFUSED, LOST + seconds(0.5));
    }
    assertThat(plan.next(LOST + seconds(0.5) + millis(61))).isInstanceOf(Step.Start.class);
  }

  @Test
  void silenceAfterRefusalsIsRacedAgain() {
    RetryPlan plan = plan();
    long now = refuse(plan, 30);
    Step.Start start = (Step.Start) plan.next(now);
    plan.ended(start.attempt(), Outcome.SILENT, now + seconds(3));
    Run run = new Run(plan);
    run.until(now + seconds(4));
    assertThat(run.started).isGreaterThanOrEqualTo(5);
  }

  @Test
  void silenceForgetsRefusals() {
    RetryPlan plan = plan();
    long now = refuse(plan, 30);
    Step.Start silent = (Step.Start) plan.next(now);
    plan.ended(silent.attempt(), Outcome.SILENT, now + seconds(3));
    now += seconds(3);
    Step.Start start = (Step.Start) plan.next(now);
    plan.ended(start.attempt(), Outcome.REFUSED, now);
    assertThat(plan.next(now + millis(61))).as("quick again").isInstanceOf(Step.Start.class);
  }

  @Test
  void withoutANetworkThePauseIsShortAndALittleLongerAfterAnHour() {
    assertThat(pauses(Outcome.NO_NETWORK, 20))
        .allSatisfy(pause -> assertThat(pause).isBetween(200L, 300L));
    RetryPlan plan = plan();
    long later = LOST + minutes(61).toNanos();
    Step.Start start = (Step.Start) plan.next(later);
    plan.ended(start.attempt(), Outcome.NO_NETWORK, later);
    assertThat(plan.next(later + millis(479))).isInstanceOf(Step.Wait.class);
    assertThat(plan.next(later + millis(721))).isInstanceOf(Step.Start.class);
  }

  @Test
  void aChangeOfTheNetworkStartsAnAttemptAtOnceAndForgetsRefusals() {
    RetryPlan plan = plan();
    long now = refuse(plan, 30);
    plan.changed(now);
    Step.Start start = (Step.Start) plan.next(now);
    plan.ended(start.attempt(), Outcome.REFUSED, now + millis(1));
    assertThat(plan.next(now + millis(61))).as("quick again").isInstanceOf(Step.Start.class);
  }

  @Test
  void whatComesOfAnAttemptFromBeforeAChangeDelaysNothing() {
    for (Outcome outcome : Outcome.values()) {
      RetryPlan plan = plan();
      assertThat(plan.next(LOST)).isInstanceOf(Step.Start.class);
      plan.changed(LOST + millis(100));
      plan.ended(0, outcome, LOST + millis(100));
      assertThat(plan.next(LOST + millis(100))).as("%s", outcome).isInstanceOf(Step.Start.class);
    }
  }

  @Test
  void aChangeLetsAttemptsFromBeforeMakeWayEvenElders() {
    RetryPlan plan = plan();
    Run run = new Run(plan);
    run.until(LOST + seconds(1.2));
    assertThat(run.underWay).hasSize(8).contains(0, 1);
    long now = LOST + seconds(1.25);
    plan.changed(now);
    assertThat(plan.next(now)).isEqualTo(new Step.End(0));
    assertThat(plan.next(now)).isInstanceOf(Step.Start.class);
  }

  @Test
  void aStormOfChangesStartsNoMoreThanOneAttemptIn50Millis() {
    RetryPlan plan = plan();
    Run run = new Run(plan);
    for (long now = LOST; now < LOST + seconds(1); now += millis(1)) {
      plan.changed(now);
      run.until(now);
    }
    assertThat(run.started).isEqualTo(20);
  }

  @Test
  void givesUpWhenPatienceHasPassedAndNotBefore() {
    RetryPlan plan =
        new RetryPlan(LOST, ROUND_TRIP, Duration.ofSeconds(60), new SplittableRandom(1));
    Run run = new Run(plan);
    run.until(LOST + seconds(60) - 1);
    assertThat(plan.next(LOST + seconds(60) - 1))
        .isInstanceOfSatisfying(
            Step.Wait.class,
            w -> assertThat(w.untilNanos()).isLessThanOrEqualTo(LOST + seconds(60)));
    assertThat(plan.next(LOST + seconds(60))).isEqualTo(new Step.GiveUp());
  }

  @Test
  void aServersPatienceMayBeLongerThanAClockCounts() {
    Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
    RetryPlan plan = new RetryPlan(LOST, ROUND_TRIP, ages, new SplittableRandom(1));
    assertThat(plan.next(LOST)).isInstanceOf(Step.Start.class);
    assertThat(plan.next(LOST)).isInstanceOf(Step.Wait.class);
  }

  @Test
  void whatIsReportedOfAnAttemptThatThePlanHasEndedChangesNothing() {
    RetryPlan plan = plan();
    Run run = new Run(plan);
    run.until(LOST + RetryPlan.LIFE.toNanos());
    assertThat(run.underWay).doesNotContain(0);
    Step before = plan.next(LOST + RetryPlan.LIFE.toNanos());
    plan.connected(0, LOST + RetryPlan.LIFE.toNanos());
    plan.ended(0, Outcome.REFUSED, LOST + RetryPlan.LIFE.toNanos());
    assertThat(plan.next(LOST + RetryPlan.LIFE.toNanos())).isEqualTo(before);
  }

  @Test
  void anUnreachableProxyCountsAsItsReasonDoes() throws DialException {
    OutboundProxy proxy = OutboundProxy.parse("ALL_PROXY", "http://proxy:3128");
    DialFailure silent = new DialFailure.TimedOut(proxy.at(), Duration.ofSeconds(1));
    assertThat(Outcome.of(new DialFailure.ProxyUnavailable(proxy, silent)))
        .isEqualTo(Outcome.SILENT);
    DialFailure away = new DialFailure.Unreachable(proxy.at());
    assertThat(Outcome.of(new DialFailure.ProxyUnavailable(proxy, away)))
        .isEqualTo(Outcome.NO_NETWORK);
  }

  /** Follows a plan whose attempts come to nothing and are not answered. */
  private static final class Run {
    final RetryPlan plan;
    final List<Integer> underWay = new ArrayList<>();
    long now = LOST;
    int started;
    int ended;

    Run(RetryPlan plan) {
      this.plan = plan;
    }

    void until(long end) {
      while (true) {
        switch (plan.next(now)) {
          case Step.Start start -> {
            started++;
            underWay.add(start.attempt());
          }
          case Step.End gone -> {
            ended++;
            underWay.remove(Integer.valueOf(gone.attempt()));
          }
          case Step.Wait wait -> {
            if (wait.untilNanos() > end) {
              return;
            }
            now = wait.untilNanos();
          }
          case Step.GiveUp _ -> {
            return;
          }
        }
      }
    }
  }

  private static List<Long> pauses(Outcome outcome, int count) {
    return pauses(new SplittableRandom(5), outcome, count);
  }

  /** The pauses, in milliseconds, after each of so many attempts that end at once. */
  private static List<Long> pauses(SplittableRandom random, Outcome outcome, int count) {
    RetryPlan plan = new RetryPlan(LOST, ROUND_TRIP, RetryPlan.UNLIMITED, random);
    List<Long> pauses = new ArrayList<>();
    long now = LOST;
    for (int attempt = 0; attempt < count; attempt++) {
      assertThat(plan.next(now)).isInstanceOf(Step.Start.class);
      plan.ended(attempt, outcome, now);
      long next = ((Step.Wait) plan.next(now)).untilNanos();
      pauses.add(Duration.ofNanos(next - now).toMillis());
      now = next;
    }
    return pauses;
  }

  /** Refuses so many attempts in a row; returns when the next one is due. */
  private static long refuse(RetryPlan plan, int count) {
    long now = LOST;
    for (int attempt = 0; attempt < count; attempt++) {
      assertThat(plan.next(now)).isInstanceOf(Step.Start.class);
      plan.ended(attempt, Outcome.REFUSED, now);
      now = ((Step.Wait) plan.next(now)).untilNanos();
    }
    return now;
  }

  private static RetryPlan plan() {
    return new RetryPlan(LOST, ROUND_TRIP, RetryPlan.UNLIMITED, new SplittableRandom(1));
  }

  private static long millis(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  private static long seconds(double seconds) {
    return Math.round(seconds * 1e9);
  }

  private static Duration minutes(long minutes) {
    return Duration.ofMinutes(minutes);
  }
}
