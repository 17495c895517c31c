package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RecoveryTest {
  private static final long[] PAUSES = {10, 20, 100, 250, 300, 310};

  @Test
  void aStreamFlowsAgainAtTheEndOfThePauseThatTheResetFellInto() throws IOException {
    assertThat(Recovery.endOfPause(PAUSES, 101)).isEqualTo(250);
    assertThat(Recovery.endOfPause(PAUSES, 100)).isEqualTo(250);
  }

  @Test
  void aResetThatNothingPausedForIsAnErrorNotAGoodFigure() {
    assertThatThrownBy(() -> Recovery.endOfPause(PAUSES, 260)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Recovery.endOfPause(PAUSES, 250)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Recovery.endOfPause(new long[0], 1)).isInstanceOf(IOException.class);
  }
}
