package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetransmissionTest {
  private static final long ROUND_TRIP = Duration.ofMillis(50).toNanos();

  private static long millis(long fromMillis) {
    long from = Duration.ofMillis(fromMillis).toNanos();
    return Duration.ofNanos(Retransmission.atOrAfter(from, 0, ROUND_TRIP)).toMillis();
  }

  @Test
  void whatWasNotLostWasSentOnce() {
    assertThat(millis(0)).isZero();
    assertThat(millis(-10)).isZero();
  }

  @Test
  void theWaitStartsAtARoundTripAndTwoHundredMillisecondsAndDoubles() {
    assertThat(millis(1)).isEqualTo(250);
    assertThat(millis(250)).isEqualTo(250);
    assertThat(millis(251)).isEqualTo(750);
    assertThat(millis(751)).isEqualTo(1_750);
    assertThat(millis(2_000)).isEqualTo(3_750);
  }

  @Test
  void theWaitIsNeverMoreThanTwoMinutes() {
    long hour = Duration.ofHours(1).toMillis();
    assertThat(millis(hour) - hour).isLessThanOrEqualTo(120_000);
    assertThat(millis(millis(hour) + 1) - millis(hour)).isEqualTo(120_000);
  }
}
