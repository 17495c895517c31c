package dev.holdfast.ssh;

import dev.holdfast.testkit.FuzzTargets;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class FuzzTest {
  @TestFactory
  Stream<DynamicTest> holdsForTheCorpusAndForMutationsOfIt() {
    return new FuzzTargets()
        .with(AuthorizedKeyFuzz.class, AuthorizedKeyFuzz::fuzzerTestOneInput)
        .with(UserCertificateFuzz.class, UserCertificateFuzz::fuzzerTestOneInput)
        .with(RevocationListFuzz.class, RevocationListFuzz::fuzzerTestOneInput)
        .with(MonitorMessageFuzz.class, MonitorMessageFuzz::fuzzerTestOneInput)
        .with(SignedLoginFuzz.class, SignedLoginFuzz::fuzzerTestOneInput)
        .with(SignatureFuzz.class, SignatureFuzz::fuzzerTestOneInput)
        .with(ServerSettingsFuzz.class, ServerSettingsFuzz::fuzzerTestOneInput)
        .tests();
  }
}
