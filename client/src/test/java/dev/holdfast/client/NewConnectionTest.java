package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pauses between connections. */
final class NewConnectionTest {
  @Test
  void aServerThatEndsEverySessionIsAskedMoreAndMoreSeldom() {
    Duration before = Duration.ZERO;
    for (int many = 1; many < 100; many++) {
      Duration pause = NewConnection.pauseAfter(many);
      assertThat(pause).isBetween(before, NewConnection.MOST_PAUSE).isPositive();
      before = pause;
    }
    assertThat(before).isEqualTo(NewConnection.MOST_PAUSE);
  }
}
