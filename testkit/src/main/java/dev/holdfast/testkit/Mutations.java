package dev.holdfast.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Inputs that resemble those of a corpus: some bytes of one were changed, lost, doubled or taken
 * from another.
 */
final class Mutations {
  private static final int MAX_CHANGES = 4;

  private final List<byte[]> corpus;
  private final RandomGenerator random;

  Mutations(List<byte[]> corpus, RandomGenerator random) {
    this.corpus = corpus;
    this.random = random;
  }

  byte[] next() {
    byte[] input = one();
    for (int change = random.nextInt(MAX_CHANGES); change >= 0; change--) {
      input = changed(input);
    }
    return input;
  }

  private byte[] changed(byte[] input) {
    int from = random.nextInt(input.length + 1);
    int to = from + random.nextInt(input.length - from + 1);
    byte[] other = one();
    return switch (random.nextInt(5)) {
      case 0 -> joined(input, from, new byte[] {(byte) random.nextInt(256)}, from);
      case 1 -> joined(input, from, new byte[0], to);
      case 2 -> joined(input, from, Arrays.copyOfRange(input, from, to), from);
      case 3 -> joined(input, from, Arrays.copyOf(other, random.nextInt(other.length + 1)), to);
      default -> flipped(input);
    };
  }

  private byte[] one() {
    return corpus.get(random.nextInt(corpus.size()));
  }

  private static byte[] joined(byte[] input, int end, byte[] between, int begin) {
    return ByteBuffer.allocate(end + between.length + input.length - begin)
        .put(input, 0, end)
        .put(between)
        .put(input, begin, input.length - begin)
        .array();
  }

  private byte[] flipped(byte[] input) {
    byte[] flipped = input.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }
}
