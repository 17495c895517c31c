package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.auth.SemaphoreHistory.Kind;
import org.junit.jupiter.api.Test;

final class SemaphoreHistoryTest {
  private final SemaphoreHistory history = new SemaphoreHistory(1);

  @Test
  void oneAfterTheOtherIsRight() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.FULL, "b", 2, 3);
    history.add(Kind.RELEASED, "a", 4, 5);
    history.add(Kind.GRANTED, "c", 6, 7);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void twoAtATimeAreTooMany() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.GRANTED, "b", 2, 3);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void nobodyIsRefusedForNothing() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.RELEASED, "a", 2, 3);
    history.add(Kind.FULL, "b", 4, 5);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void whatOverlapsMayBeInAnyOrder() {
    history.add(Kind.GRANTED, "a", 0, 10);
    history.add(Kind.RELEASED, "a", 3, 10);
    history.add(Kind.GRANTED, "b", 2, 9);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void whatIsReleasedBeforeItIsGivenIsNeverGiven() {
    history.add(Kind.RELEASED, "a", 0, 1);
    history.add(Kind.GRANTED, "a", 2, 3);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void whatHasNoAnswerMayHaveHappenedOrNot() {
    history.addUnanswered(Kind.ASKED, "a", 0);
    history.add(Kind.FULL, "b", 2, 3);
    assertThat(history.isLinearizable()).isTrue();
    history.add(Kind.GRANTED, "c", 4, 5);
    assertThat(history.isLinearizable()).isFalse();
    history.addUnanswered(Kind.EXPIRED, "a", 3);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void nothingExpiresBeforeItsTime() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.GRANTED, "b", 2, 3);
    history.addUnanswered(Kind.EXPIRED, "a", 4);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void takingAgainTakesNoSecondSlot() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.GRANTED, "a", 2, 3);
    assertThat(history.isLinearizable()).isTrue();
  }
}
