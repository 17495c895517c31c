package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code ProxyCommand holdfast connect %h %p}, which is told nothing about the server. */
@Needs({Tool.SSH, Tool.SSHD})
final class FirstContactTest {
  private static final int LOGINS = 10;
  private static final String FOUND = "connected with resume v2";

  @RegisterExtension static final Site SITE = new Site();

  @Test
  void findsTheResumptionOfEveryGateThatHasIt() {
    Ssh ssh = Ssh.to(SITE.gate().address(), Holdfast.EXECUTABLE + " connect -v %h %p");
    List<String> found = new ArrayList<>();
    for (int i = 0; i < LOGINS; i++) {
      found.add(ssh.exec("true").run().ok().errors().contains(FOUND) ? FOUND : "nothing");
    }
    assertThat(found).isEqualTo(Collections.nCopies(LOGINS, FOUND));
  }
}
