package dev.holdfast.recording;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(PartFuzz.class, PartFuzz::fuzzerTestOneInput, 3000)
        .with(SafeTextFuzz.class, SafeTextFuzz::fuzzerTestOneInput)
        .tests();
  }
}
