package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final Backoff backoff = new Backoff();

  @Test
  void theFirstAttemptIsAtOnceAndLaterOnesAreFewerUntilOneSucceeds() {
    assertThat(backoff.waitNanos(0)).isZero();
    long last = 0;
    for (int i = 0; i < 10; i++) {
      backoff.failed(0, true);
      assertThat(backoff.waitNanos(0)).isGreaterThanOrEqualTo(last);
      last = backoff.waitNanos(0);
    }
    assertThat(Duration.ofNanos(last)).isEqualTo(Duration.ofSeconds(5));

    backoff.succeeded();
    assertThat(backoff.waitNanos(0)).isZero();
  }

  @Test
  void aRefusedLoginIsNotRepeatedSoon() {
    backoff.failed(0, false);
    assertThat(Duration.ofNanos(backoff.waitNanos(0))).isEqualTo(Backoff.REFUSED);
  }

  @Test
  void anotherNetworkIsTriedAtOnce() {
    backoff.failed(0, true);
    backoff.failed(0, true);
    backoff.forget();
    assertThat(backoff.waitNanos(0)).isZero();
  }
}
