package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LeaseObserverTest {
  private static final LeaseTime TIME = new LeaseTime(Duration.ofSeconds(16));
  private final LeaseObserver observer = new LeaseObserver();

  @Test
  void aLeaseIsDeadWhenItsVersionStayedTheSameForItsTimeAndAMargin() {
    observer.see("a", 7, 100);
    assertThat(observer.isDead("a", 7, TIME, 99 + TIME.deadNanos())).isFalse();
    assertThat(observer.isDead("a", 7, TIME, 100 + TIME.deadNanos())).isTrue();
    assertThat(observer.isDead("a", 8, TIME, 100 + TIME.deadNanos())).isFalse();
    assertThat(observer.isDead("b", 7, TIME, 100 + TIME.deadNanos())).isFalse();
  }

  @Test
  void seeingItAgainWithTheSameVersionProlongsNothingAndWithAnotherEverything() {
    observer.see("a", 7, 0);
    observer.see("a", 7, TIME.deadNanos());
    assertThat(observer.isDead("a", 7, TIME, TIME.deadNanos())).isTrue();
    // A database that lost its last commits may show an older version.
    observer.see("a", 6, TIME.deadNanos());
    assertThat(observer.isDead("a", 6, TIME, 2 * TIME.deadNanos() - 1)).isFalse();
  }

  @Test
  void aClockThatPassesItsLargestNumberChangesNothing() {
    observer.see("a", 1, Long.MAX_VALUE - 1);
    assertThat(observer.isDead("a", 1, TIME, Long.MIN_VALUE)).isFalse();
    assertThat(observer.isDead("a", 1, TIME, Long.MAX_VALUE - 1 + TIME.deadNanos())).isTrue();
  }

  @Test
  void whatIsForgottenBeginsAnew() {
    observer.see("a", 1, 0);
    observer.see("b", 1, 0);
    observer.keepOnly(Set.of("b"));
    observer.forget("b");
    assertThat(observer.size()).isZero();
    observer.see("a", 1, TIME.deadNanos());
    assertThat(observer.isDead("a", 1, TIME, TIME.deadNanos() + 1)).isFalse();
  }

  @Test
  void ofMoreThanItCanRememberTheLastAreNotDeadForIt() {
    for (int i = 0; i <= LeaseObserver.MOST; i++) {
      observer.see("" + i, 1, 0);
    }
    assertThat(observer.size()).isEqualTo(LeaseObserver.MOST);
    assertThat(observer.isDead("" + LeaseObserver.MOST, 1, TIME, TIME.deadNanos())).isFalse();
  }

  @Test
  void theHolderEndsWellBeforeAnyObserverAndAnOutageLeavesItHalfATimeout() {
    assertThat(TIME.endNanos()).isLessThan(TIME.deadNanos());
    assertThat(TIME.endNanos() - TIME.renewNanos())
        .isGreaterThanOrEqualTo(TIME.timeout().toNanos() / 2);
    assertThatThrownBy(() -> new LeaseTime(LeaseTime.LEAST.minusNanos(1)))
        .isInstanceOf(InvalidRecordException.class);
    assertThatThrownBy(() -> new LeaseTime(LeaseTime.MOST.plusNanos(1)))
        .isInstanceOf(InvalidRecordException.class);
  }
}
