package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LivenessTest {
  private static final long MS = 1_000_000;
  private static final ForwardSettings SETTINGS = ForwardSettings.usual();

  private final Liveness plain = new Liveness(SETTINGS, false, 0);
  private final Liveness resumable = new Liveness(SETTINGS, true, 0);
  private long now;

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private Liveness.Due due(Liveness session, Liveness.Use use) {
    return session.due(now, use, false);
  }

  @Test
  void aSessionIsSuspectAfterSoLongWithoutAByte() {
    pass(SETTINGS.quiet());
    assertThat(plain.isSuspect(now)).isFalse();
    assertThat(plain.isSuspect(now + 1)).isTrue();

    plain.heard(now);
    assertThat(plain.isSuspect(now + 1)).isFalse();
  }

  @Test
  void aSessionThatSomebodyWaitsForIsAskedAfterASecond() {
    pass(Liveness.SILENCE_BUSY.plusMillis(1));
    assertThat(due(plain, Liveness.Use.WAITING)).isEqualTo(Liveness.Due.ASK);
    assertThat(due(plain, Liveness.Use.OPEN)).isEqualTo(Liveness.Due.NOTHING);
    assertThat(due(plain, Liveness.Use.NONE)).isEqualTo(Liveness.Due.NOTHING);
  }

  @Test
  void aSessionInUseIsAskedBeforeItIsSuspect() {
    pass(SETTINGS.quiet().dividedBy(2).plusMillis(1));
    assertThat(due(plain, Liveness.Use.OPEN)).isEqualTo(Liveness.Due.ASK);
    assertThat(plain.isSuspect(now)).isFalse();
  }

  @Test
  void aSessionThatNobodyUsesIsAskedNowAndThenForTheRoutersOnItsWay() {
    pass(Liveness.SILENCE_IDLE.plusMillis(1));
    assertThat(due(plain, Liveness.Use.NONE)).isEqualTo(Liveness.Due.ASK);
  }

  @Test
  void aLateAnswerMakesItSuspectAndANewSessionDue() {
    plain.asked(now);
    pass(Duration.ofNanos(plain.patienceNanos()));
    assertThat(due(plain, Liveness.Use.OPEN)).isEqualTo(Liveness.Due.NOTHING);
    pass(Duration.ofNanos(1));

    assertThat(plain.isSuspect(now)).isTrue();
    assertThat(due(plain, Liveness.Use.OPEN)).isEqualTo(Liveness.Due.REPLACE);
    assertThat(plain.hedgeNanos(now)).isZero();
  }

  @Test
  void patienceIsThreeRoundTripsWhereThoseAreLong() {
    plain.answered(now, now + 300 * MS);
    assertThat(plain.patienceNanos()).isEqualTo(920 * MS);
    assertThat(plain.hedgeNanos(now + 300 * MS)).isEqualTo(620 * MS);
  }

  @Test
  void aNewConnectionWaitsLittleLongerThanARoundTripOnASteadyLine() {
    for (int i = 0; i < 20; i++) {
      plain.answered(now, now + 70 * MS);
    }
    assertThat(plain.hedgeNanos(now)).isBetween(90 * MS, 100 * MS);
    plain.answered(now, now + 270 * MS);
    assertThat(plain.hedgeNanos(now)).as("after one that was late").isEqualTo(160 * MS);
  }

  @Test
  void aNewConnectionDoesNotWaitForASuspectSession() {
    pass(SETTINGS.quiet().plusMillis(1));
    assertThat(plain.hedgeNanos(now)).isZero();
  }

  @Test
  void whatWasConfirmedIsUsedOnlyIfTheSessionWasHeardOfSince() {
    assertThat(plain.isFresh(now)).isTrue();
    pass(Liveness.FRESH);
    assertThat(plain.isFresh(now)).isFalse();
    assertThat(plain.isSuspect(now)).isFalse();
  }

  @Test
  void aSessionWithConnectionsMadeAheadIsKeptFresh() {
    pass(Liveness.SILENCE_READY.plusMillis(1));
    assertThat(plain.isFresh(now)).isTrue();
    assertThat(due(plain, Liveness.Use.READY)).isEqualTo(Liveness.Due.ASK);
  }

  @Test
  void anyByteAfterTheQuestionAnswersIt() {
    plain.asked(now);
    pass(Duration.ofSeconds(1));
    plain.heard(now);
    assertThat(plain.isSuspect(now)).isFalse();
    assertThat(due(plain, Liveness.Use.OPEN)).isEqualTo(Liveness.Due.NOTHING);
  }

  @Test
  void afterAWakeOnlyAnAnswerToAQuestionThatWasAskedSinceCounts() {
    long before = now;
    pass(Duration.ofSeconds(1));
    plain.doubt(now);
    plain.heard(now);
    plain.answered(before, now);
    assertThat(plain.isSuspect(now)).isTrue();
    assertThat(plain.isFresh(now)).isFalse();
    assertThat(due(plain, Liveness.Use.NONE)).isEqualTo(Liveness.Due.ASK);

    plain.asked(now);
    plain.answered(now, now + MS);
    assertThat(plain.isSuspect(now + MS)).isFalse();
  }

  @Test
  void itIsGivenUpWhenSomebodyWaitsForLong() {
    plain.asked(now);
    pass(SETTINGS.dead());
    assertThat(due(plain, Liveness.Use.WAITING)).isNotEqualTo(Liveness.Due.DEAD);
    pass(Duration.ofNanos(1));
    assertThat(due(plain, Liveness.Use.WAITING)).isEqualTo(Liveness.Due.DEAD);
    assertThat(due(plain, Liveness.Use.OPEN)).isNotEqualTo(Liveness.Due.DEAD);
    pass(SETTINGS.dead().multipliedBy(2));
    assertThat(due(plain, Liveness.Use.OPEN)).isEqualTo(Liveness.Due.DEAD);
  }

  @Test
  void itIsGivenUpSoonOnceAnotherHasItsPlace() {
    plain.asked(now);
    pass(Liveness.REPLACED);
    assertThat(plain.due(now, Liveness.Use.WAITING, true)).isEqualTo(Liveness.Due.NOTHING);
    assertThat(plain.due(now + 1, Liveness.Use.WAITING, true)).isEqualTo(Liveness.Due.DEAD);
  }

  @Test
  void aStreamThatOutlivesItsLinksIsNotGivenUpWhileItsServerMayComeBack() {
    resumable.asked(now);
    pass(Duration.ofHours(1));
    assertThat(due(resumable, Liveness.Use.WAITING)).isEqualTo(Liveness.Due.REPLACE);
    assertThat(resumable.isSuspect(now)).isTrue();
    assertThat(resumable.due(now, Liveness.Use.WAITING, true)).isEqualTo(Liveness.Due.DEAD);
  }

  @Test
  void silenceAndAskingTogetherAreBoundedByFiveSeconds() {
    Duration bound = Liveness.SILENCE_BUSY.plus(SETTINGS.dead());
    assertThat(bound).isLessThanOrEqualTo(Duration.ofSeconds(5));
  }
}
