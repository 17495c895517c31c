package dev.holdfast.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The fuzz targets of a module, as tests. A target is a class {@code <Parser>Fuzz} with Jazzer's
 * {@code fuzzerTestOneInput(byte[])}, and has a kept corpus, {@code src/test/fuzz/<Parser>Fuzz/}. A
 * test runs it over the corpus, every truncation of it, and mutations from a seed; Jazzer looks
 * further: see {@code CONTRIBUTING.md}.
 */
public final class FuzzTargets {
  private static final Path CORPORA = Path.of("src/test/fuzz");
  private static final int MUTATIONS = 20_000;
  private static final int MAX_TRUNCATIONS = 2_000;

  /** A target's way in. */
  @FunctionalInterface
  public interface Target {
    /** Throws if {@code input} shows a defect. */
    void fuzzerTestOneInput(byte[] input) throws Exception;
  }

  private final List<DynamicTest> tests = new ArrayList<>();

  /** Adds the target of the class {@code type}, which is run over 20,000 mutations. */
  public FuzzTargets with(Class<?> type, Target target) {
    return with(type, target, MUTATIONS);
  }

  /** Adds a target that is slow: it is run over {@code mutations}. */
  public FuzzTargets with(Class<?> type, Target target, int mutations) {
    String name = type.getSimpleName();
    tests.add(DynamicTest.dynamicTest(name, () -> run(name, target, mutations)));
    return this;
  }

  /** A test for each target. */
  public Stream<DynamicTest> tests() {
    return tests.stream();
  }

  private static void run(String name, Target target, int mutations) throws IOException {
    List<byte[]> corpus = corpus(name);
    for (byte[] kept : corpus) {
      int step = 1 + kept.length / MAX_TRUNCATIONS;
      for (int length = 0; length < kept.length; length += step) {
        give(name, target, Arrays.copyOf(kept, length));
      }
      give(name, target, kept);
    }
    Mutations mutated = new Mutations(corpus, new SplittableRandom(1));
    for (int i = 0; i < mutations; i++) {
      give(name, target, mutated.next());
    }
  }

  private static List<byte[]> corpus(String name) throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    try (Stream<Path> files = Files.list(CORPORA.resolve(name))) {
      for (Path file : files.sorted().toList()) {
        corpus.add(Files.readAllBytes(file));
      }
    }
    if (corpus.isEmpty()) {
      throw new AssertionError("the corpus of " + name + " is empty");
    }
    return corpus;
  }

  private static void give(String name, Target target, byte[] input) {
    try {
      target.fuzzerTestOneInput(input.clone());
    } catch (Exception | AssertionError e) {
      throw new AssertionError(name + " fails for " + HexFormat.of().formatHex(input), e);
    }
  }
}
