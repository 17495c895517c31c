package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long the way remembers, and what follows from it. */
final class NatPatienceTest {
  @Test
  void theLongestIsTriedAndEachHalfOfItDownToTheLeast() {
    assertThat(NatPatience.plan(Duration.ofSeconds(320), Duration.ofSeconds(10)))
        .extracting(Duration::toSeconds)
        .containsExactly(10L, 20L, 40L, 80L, 160L, 320L);
    assertThat(NatPatience.plan(Duration.ofSeconds(4), Duration.ofSeconds(1)))
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L);
    assertThat(NatPatience.plan(Duration.ofDays(1), Duration.ofSeconds(1)))
        .hasSize(NatPatience.MOST_CONNECTIONS);
  }

  @ParameterizedTest
  @CsvSource({"300, 0, 60", "20, 40, 16", "160, 320, 60", "0, 10, 5", "10, 20, 8"})
  void theIntervalIsShorterThanWhatWasSurvived(long alive, long dead, long interval) {
    Optional<Duration> until = dead == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(dead));
    assertThat(new NatPatience(Duration.ofSeconds(alive), until).interval())
        .isEqualTo(Duration.ofSeconds(interval));
  }
}
