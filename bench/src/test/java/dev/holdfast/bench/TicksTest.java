package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TicksTest {
  @Test
  void findsNumberedLinesAmongOthers() {
    Ticks ticks = Ticks.of(List.of("$ bash x", "tick-1-", "key-a-", "btick-2-", "", "tick-10-"));
    assertThat(ticks.numbers()).containsExactly(1, 2, 10);
    assertThat(ticks.highest()).isEqualTo(10);
  }

  @Test
  void countsWhatIsNotThereAndWhatIsThereAgain() {
    Ticks ticks = new Ticks(List.of(1, 2, 3, 3, 6, 7, 7, 7));
    assertThat(ticks.between(1, 7)).isEqualTo(new Ticks.Tally(2, 3));
    assertThat(ticks.between(3, 3)).isEqualTo(new Ticks.Tally(0, 1));
    assertThat(ticks.between(8, 9)).isEqualTo(new Ticks.Tally(2, 0));
    assertThat(ticks.between(2, 1)).isEqualTo(new Ticks.Tally(0, 0));
  }

  @Test
  void anEmptyTerminalHoldsNone() {
    assertThat(Ticks.of(List.of("tick--", "tick-12345678901-")).highest()).isZero();
  }
}
