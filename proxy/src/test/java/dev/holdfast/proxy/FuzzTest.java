package dev.holdfast.proxy;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(TunnelMessageFuzz.class, TunnelMessageFuzz::fuzzerTestOneInput)
        .with(RoadQuestionFuzz.class, RoadQuestionFuzz::fuzzerTestOneInput)
        .tests();
  }
}
