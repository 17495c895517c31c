package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code holdfast connect} in front of a server that knows nothing of resumption is a plain pipe.
 */
@Needs({Tool.SSH, Tool.SSHD, Tool.NETCAT})
final class PlainServerTest {
  @RegisterExtension static final Site SITE = new Site();

  @Test
  void sshdLogsTheLoginAsItDoesThroughNetcat() {
    List<String> throughNetcat = logOfALogin("nc %h %p");
    assertThat(throughNetcat).anyMatch(line -> line.startsWith("Accepted publickey"));
    assertThat(logOfALogin(Holdfast.proxyCommand("%h", "%p"))).isEqualTo(throughNetcat);
  }

  @Test
  void sshSaysNothingMoreThanThroughNetcat() {
    Outcome outcome = login(Holdfast.proxyCommand("%h", "%p"));
    assertThat(outcome.errors()).isEmpty();
    assertThat(outcome.output()).isEqualTo("done\n");
  }

  private static List<String> logOfALogin(String proxyCommand) {
    int before = SITE.sshd().log().length();
    login(proxyCommand);
    Await.until(
        () -> "the end of the login in sshd's log: " + SITE.sshd().log(),
        Command.USUAL_DEADLINE,
        () -> SITE.sshd().log().substring(before).contains("Disconnected from user"));
    return SITE.sshd()
        .log()
        .substring(before)
        .lines()
        .map(line -> line.replaceAll("port \\d+", "port N"))
        .toList();
  }

  private static Outcome login(String proxyCommand) {
    return Ssh.to(SITE.sshd().address(), proxyCommand).exec("echo done").run().ok();
  }
}
