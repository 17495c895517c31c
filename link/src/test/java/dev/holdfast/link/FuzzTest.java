package dev.holdfast.link;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(HttpConnectFuzz.class, HttpConnectFuzz::fuzzerTestOneInput)
        .with(Socks5ConnectFuzz.class, Socks5ConnectFuzz::fuzzerTestOneInput)
        .with(ProxyProtocolFuzz.class, ProxyProtocolFuzz::fuzzerTestOneInput)
        .with(ProxySettingsFuzz.class, ProxySettingsFuzz::fuzzerTestOneInput)
        .with(HelloV2Fuzz.class, HelloV2Fuzz::fuzzerTestOneInput)
        .with(AnswerV2Fuzz.class, AnswerV2Fuzz::fuzzerTestOneInput)
        .with(LinkV2Fuzz.class, LinkV2Fuzz::fuzzerTestOneInput)
        .with(DetectorFuzz.class, DetectorFuzz::fuzzerTestOneInput)
        .with(FirstContactFuzz.class, FirstContactFuzz::fuzzerTestOneInput)
        .tests();
  }
}
