package dev.holdfast.access;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(TicketFuzz.class, TicketFuzz::fuzzerTestOneInput, 2_000)
        .with(ProxyHelloFuzz.class, ProxyHelloFuzz::fuzzerTestOneInput)
        .with(JsonFuzz.class, JsonFuzz::fuzzerTestOneInput)
        .with(DocumentsFuzz.class, DocumentsFuzz::fuzzerTestOneInput, 5_000)
        .tests();
  }
}
