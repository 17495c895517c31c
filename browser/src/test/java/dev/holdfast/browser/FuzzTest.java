package dev.holdfast.browser;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(FindingFuzz.class, FindingFuzz::fuzzerTestOneInput)
        .with(HttpAnswerFuzz.class, HttpAnswerFuzz::fuzzerTestOneInput)
        .with(PageRequestFuzz.class, PageRequestFuzz::fuzzerTestOneInput)
        .with(SocksRequestFuzz.class, SocksRequestFuzz::fuzzerTestOneInput)
        .tests();
  }
}
