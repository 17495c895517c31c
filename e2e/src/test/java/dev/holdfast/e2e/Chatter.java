package dev.holdfast.e2e;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Lines of random letters without an end, the same ones for the same seed. Confined. */
final class Chatter {
  /** With its end; a terminal takes lines of that length. */
  static final int LINE = 64;

  private static final HexFormat HEX = HexFormat.of();

  private final RandomGenerator random;
  private final byte[] bytes = new byte[(LINE - 2) / 2];

  Chatter(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** The next line. */
  String line() {
    random.nextBytes(bytes);
    return HEX.formatHex(bytes) + ".\n";
  }

  /** The next lines. */
  String lines(int count) {
    StringBuilder text = new StringBuilder(count * LINE);
    for (int i = 0; i < count; i++) {
      text.append(line());
    }
    return text.toString();
  }
}
