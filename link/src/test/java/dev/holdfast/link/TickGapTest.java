package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TickGapTest {
  private static final long SECOND = 1_000_000_000;

  private final TickGap ticks = new TickGap(0, 0);

  @Test
  void aTickThatIsALittleLateIsNoSleep() {
    assertThat(ticks.slept(1000, SECOND)).isFalse();
    assertThat(ticks.slept(4000, 4 * SECOND)).isFalse();
    assertThat(ticks.slept(7000, 7 * SECOND)).isFalse();
  }

  @Test
  void aGapOnTheWallClockAloneIsSleep() {
    assertThat(ticks.slept(4001, SECOND)).isTrue();
    assertThat(ticks.slept(5001, 2 * SECOND)).as("once").isFalse();
  }

  @Test
  void aGapOnTheMonotonicClockAloneIsSleep() {
    assertThat(ticks.slept(1000, 3 * SECOND + 1)).isTrue();
  }

  @Test
  void aWallClockSetBackIsNoSleep() {
    assertThat(ticks.slept(-3_600_000, SECOND)).isFalse();
    assertThat(ticks.slept(-3_599_000, 2 * SECOND)).isFalse();
  }
}
