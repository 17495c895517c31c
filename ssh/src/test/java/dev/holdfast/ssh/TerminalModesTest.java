package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TerminalModesTest {
  private static final byte[] MODES = {
    53, 0, 0, 0, 1, 3, -1, -1, -1, -1, (byte) 129, 0, 0, 1, 2, 0
  };

  @Test
  void opcodesHaveTheirUnsignedArguments() {
    assertThat(TerminalModes.decode(MODES))
        .containsExactly(Map.entry(53, 1L), Map.entry(3, 0xffff_ffffL), Map.entry(129, 0x102L));
  }

  @Test
  void nothingIsReadBehindTheEndOrAnOpcodeThatIsNotDefined() {
    assertThat(TerminalModes.decode(new byte[] {0, 53, 0, 0, 0, 1})).isEmpty();
    assertThat(TerminalModes.decode(new byte[] {(byte) 160, 53, 0, 0, 0, 1, 0})).isEmpty();
  }

  @Test
  void bytesThatBreakOffLoseOneModeAndNoMore() {
    for (int length = 0; length < MODES.length; length++) {
      assertThat(TerminalModes.decode(Arrays.copyOf(MODES, length))).hasSize(length / 5);
    }
  }

  @Test
  void anyBytesGiveAtMostAsManyModesAsThereAreOpcodes() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[random.nextInt(5_000)];
      random.nextBytes(bytes);
      assertThat(TerminalModes.decode(bytes)).hasSizeLessThan(160);
    }
  }
}
