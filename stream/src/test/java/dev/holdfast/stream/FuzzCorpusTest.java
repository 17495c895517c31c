package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kept corpus of each fuzz target, every truncation of it, and mutations from a seed. How to
 * fuzz for longer stands in pom.xml, profile "fuzz".
 */
class FuzzCorpusTest {
  private static final int MUTATIONS = 20_000;

  private static Arguments target(Class<?> type, Consumer<byte[]> run, int mutations) {
    return Arguments.of(type.getSimpleName(), run, mutations);
  }

  static Stream<Arguments> targets() {
    return Stream.of(
        target(LinkV1Fuzz.class, LinkV1Fuzz::fuzzerTestOneInput, MUTATIONS),
        target(OpeningV1Fuzz.class, OpeningV1Fuzz::fuzzerTestOneInput, MUTATIONS / 10));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void nothingKeptOrMutatedBreaksTheTarget(String name, Consumer<byte[]> target, int mutations)
      throws IOException, URISyntaxException {
    List<byte[]> corpus = corpus(name);
    assertThat(corpus).isNotEmpty();
    for (byte[] kept : corpus) {
      for (int length = 0; length <= kept.length; length++) {
        run(target, Arrays.copyOf(kept, length));
      }
    }
    RandomGenerator random = new SplittableRandom(1);
    for (int i = 0; i < mutations; i++) {
      run(target, mutated(corpus, random));
    }
  }

  private static void run(Consumer<byte[]> target, byte[] input) {
    try {
      target.accept(input);
    } catch (RuntimeException e) {
      throw new AssertionError("input " + VectorsV1.hex(input), e);
    }
  }

  private static List<byte[]> corpus(String name) throws IOException, URISyntaxException {
    URL folder = Objects.requireNonNull(FuzzCorpusTest.class.getResource("/corpus/" + name));
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files.sorted().map(FuzzCorpusTest::read).toList();
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Some bytes changed, a piece dropped, repeated, or taken from another input. */
  private static byte[] mutated(List<byte[]> corpus, RandomGenerator random) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
    for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = spliced(bytes, at, bytes, Math.min(bytes.length, at + random.nextInt(9)));
        case 3 -> bytes = spliced(bytes, at, bytes, Math.max(0, at - random.nextInt(9)));
        default -> {
          byte[] other = corpus.get(random.nextInt(corpus.size()));
          bytes = spliced(bytes, at, other, random.nextInt(other.length + 1));
        }
      }
    }
    return bytes;
  }

  private static byte[] spliced(byte[] head, int until, byte[] tail, int from) {
    byte[] bytes = Arrays.copyOf(head, until + tail.length - from);
    System.arraycopy(tail, from, bytes, until, tail.length - from);
    return bytes;
  }
}
