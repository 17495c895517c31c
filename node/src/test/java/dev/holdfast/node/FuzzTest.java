package dev.holdfast.node;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(SessionMessageFuzz.class, SessionMessageFuzz::fuzzerTestOneInput)
        .with(FileRequestsFuzz.class, FileRequestsFuzz::fuzzerTestOneInput)
        .with(JoinRequestFuzz.class, JoinRequestFuzz::fuzzerTestOneInput)
        .tests();
  }
}
