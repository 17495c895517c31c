package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs each fuzz target over its kept corpus, {@code src/test/fuzz/<target>/}, and over mutations
 * of it from a seed. Jazzer looks further: see {@code CONTRIBUTING.md}.
 */
class FuzzTest {
  private static final Path CORPUS = Path.of("src/test/fuzz");
  private static final int MUTATIONS = 20_000;
  private static final int MAX_CHANGES = 4;

  /** A target's way in, as Jazzer calls it. */
  interface Input {
    void give(byte[] input) throws Exception;
  }

  record Target(String name, Input way) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Target> targets() {
    return Stream.of(
        new Target("ClientConfigFuzz", ClientConfigFuzz::fuzzerTestOneInput),
        new Target("KnownHostsFuzz", KnownHostsFuzz::fuzzerTestOneInput));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void holdsForTheCorpusAndForMutationsOfIt(Target target) throws Exception {
    List<byte[]> corpus = corpus(target.name());
    assertThat(corpus).isNotEmpty();
    for (byte[] input : corpus) {
      run(target, input);
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] input = corpus.get(random.nextInt(corpus.size()));
      for (int change = random.nextInt(MAX_CHANGES); change >= 0; change--) {
        input = mutated(input, corpus, random);
      }
      run(target, input);
    }
  }

  private static void run(Target target, byte[] input) {
    try {
      target.way().give(input.clone());
    } catch (Exception | AssertionError e) {
      throw new AssertionError(target.name() + " fails for " + HexFormat.of().formatHex(input), e);
    }
  }

  private static List<byte[]> corpus(String target) throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
      for (Path file : files.sorted().toList()) {
        corpus.add(Files.readAllBytes(file));
      }
    }
    return corpus;
  }

  private static byte[] mutated(byte[] input, List<byte[]> corpus, SplittableRandom random) {
    int from = random.nextInt(input.length + 1);
    int to = from + random.nextInt(input.length - from + 1);
    byte[] other = corpus.get(random.nextInt(corpus.size()));
    return switch (random.nextInt(5)) {
      case 0 -> joined(input, from, new byte[] {(byte) random.nextInt(256)}, from);
      case 1 -> joined(input, from, new byte[0], to);
      case 2 -> joined(input, from, Arrays.copyOfRange(input, from, to), from);
      case 3 -> joined(input, from, Arrays.copyOf(other, random.nextInt(other.length + 1)), to);
      default -> flipped(input, random);
    };
  }

  private static byte[] joined(byte[] input, int end, byte[] between, int begin) {
    return ByteBuffer.allocate(end + between.length + input.length - begin)
        .put(input, 0, end)
        .put(between)
        .put(input, begin, input.length - begin)
        .array();
  }

  private static byte[] flipped(byte[] input, SplittableRandom random) {
    byte[] flipped = input.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }
}
