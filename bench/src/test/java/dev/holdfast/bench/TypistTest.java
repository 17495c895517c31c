package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TypistTest {
  private final Typist.Seen seen =
      new Typist.Seen(
          List.of(2_000_000L, 20_000_000L, 20_000_001L, 340_000_000L),
          List.of(5_000_000L, 351_000_000L));

  @Test
  void countsTheKeysThatWereShownInTime() {
    assertThat(seen.within(20)).isEqualTo(50);
    assertThat(seen.within(1000)).isEqualTo(100);
  }

  @Test
  void countsWhatWasWrongForTooLong() {
    assertThat(seen.wrongFor(350)).isEqualTo(1);
    assertThat(seen.wrongFor(351)).isZero();
  }
}
