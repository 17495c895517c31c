package dev.holdfast.auth;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(ApiFuzz.class, ApiFuzz::fuzzerTestOneInput)
        .with(SignedTokenFuzz.class, SignedTokenFuzz::fuzzerTestOneInput)
        .tests();
  }
}
