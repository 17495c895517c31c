package dev.holdfast.stream;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(LinkV1Fuzz.class, LinkV1Fuzz::fuzzerTestOneInput)
        .with(OpeningV1Fuzz.class, OpeningV1Fuzz::fuzzerTestOneInput, 2_000)
        .tests();
  }
}
