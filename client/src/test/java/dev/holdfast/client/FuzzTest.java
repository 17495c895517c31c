package dev.holdfast.client;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(ClientConfigFuzz.class, ClientConfigFuzz::fuzzerTestOneInput)
        .with(KnownHostsFuzz.class, KnownHostsFuzz::fuzzerTestOneInput)
        .with(SocksFuzz.class, SocksFuzz::fuzzerTestOneInput)
        .tests();
  }
}
