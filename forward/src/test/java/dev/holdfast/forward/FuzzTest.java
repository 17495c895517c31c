package dev.holdfast.forward;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

final class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets().with(NameCheckFuzz.class, NameCheckFuzz::fuzzerTestOneInput).tests();
  }
}
