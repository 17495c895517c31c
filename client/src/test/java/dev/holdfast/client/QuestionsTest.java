package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuestionsTest {
  private static final long MILLI = 1_000_000;

  private final Questions questions = new Questions();

  @Test
  void nobodyIsAskedWhereNothingWasTyped() {
    assertThat(questions.nextNanos()).isNegative();
  }

  @Test
  void whatAKeyMadeIsHereWhenAQuestionOfAMomentLaterIsAnswered() {
    questions.typed(1, 0);
    assertThat(questions.nextNanos()).isEqualTo(10 * MILLI);
    questions.ask(10 * MILLI);
    assertThat(questions.nextNanos()).isEqualTo(60 * MILLI);
    questions.ask(60 * MILLI);
    assertThat(questions.nextNanos()).isNegative();
    assertThat(questions.answered(310 * MILLI)).isEqualTo(300 * MILLI);
    assertThat(questions.reached()).isOne();
    assertThat(questions.heard()).isZero();
    questions.answered(360 * MILLI);
    assertThat(questions.heard()).isOne();
    assertThat(questions.nextNanos()).isNegative();
  }

  @Test
  void theQuestionBehindTheNextKeyDoesAsWell() {
    questions.typed(1, 0);
    questions.ask(10 * MILLI);
    questions.typed(2, 55 * MILLI);
    assertThat(questions.nextNanos()).isEqualTo(65 * MILLI);
    questions.ask(65 * MILLI);
    questions.answered(310 * MILLI);
    questions.answered(365 * MILLI);
    assertThat(questions.reached()).isEqualTo(2);
    assertThat(questions.heard()).isOne();
  }

  @Test
  void answersThatComeTogetherSayNothingOfAMomentBetween() {
    questions.typed(1, 0);
    questions.ask(10 * MILLI);
    questions.ask(60 * MILLI);
    questions.answered(700 * MILLI);
    questions.answered(701 * MILLI);
    assertThat(questions.reached()).isOne();
    assertThat(questions.heard()).isZero();
    assertThat(questions.nextNanos()).isLessThanOrEqualTo(701 * MILLI);
    questions.ask(701 * MILLI);
    questions.answered(1_001 * MILLI);
    assertThat(questions.heard()).isOne();
  }

  @Test
  void soManyQuestionsWaitForAnswersAndNoMore() {
    for (int i = 0; i < Questions.MOST; i++) {
      questions.typed(i + 1, 20L * i * MILLI);
      assertThat(questions.nextNanos()).isNotNegative();
      questions.ask(questions.nextNanos());
    }
    questions.typed(100, 1_000 * MILLI);
    assertThat(questions.nextNanos()).isNegative();
    questions.answered(2_000 * MILLI);
    assertThat(questions.nextNanos()).isNotNegative();
  }
}
