package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code holdfast connect} in front of a server that knows nothing of resumption is a plain pipe.
 */
@Needs({Tool.SSH, Tool.SSHD, Tool.NETCAT})
final class PlainServerTest {
  private static final Predicate<String> ENDED =
      Pattern.compile("^(Received disconnect|Connection closed by)").asPredicate();

  @RegisterExtension static final Site SITE = new Site();

  @Test
  void sshdLogsTheLoginAsItDoesThroughNetcat() {
    List<String> throughNetcat = logOfALogin("nc %h %p");
    assertThat(throughNetcat).anyMatch(line -> line.startsWith("Accepted publickey"));
    assertThat(logOfALogin(Holdfast.EXECUTABLE + " connect %h %p")).isEqualTo(throughNetcat);
  }

  @Test
  void sshSaysNothingMoreThanThroughNetcat() {
    Outcome outcome = login(Holdfast.EXECUTABLE + " connect %h %p");
    assertThat(outcome.errors()).isEmpty();
    assertThat(outcome.output()).isEqualTo("done\n");
  }

  /**
   * What sshd logged up to the session's end. Whether ssh's last packet arrives is chance: ssh
   * sends it and at once a signal to its proxy command.
   */
  private static List<String> logOfALogin(String proxyCommand) {
    int before = SITE.sshd().log().length();
    login(proxyCommand);
    Await.until(
        () -> "the end of the login in sshd's log: " + SITE.sshd().log(),
        Command.USUAL_DEADLINE,
        () -> SITE.sshd().log().substring(before).lines().anyMatch(ENDED));
    return SITE.sshd()
        .log()
        .substring(before)
        .lines()
        .takeWhile(ENDED.negate())
        .filter(line -> !line.startsWith("Close session"))
        .map(line -> line.replaceAll("port \\d+", "port N"))
        .toList();
  }

  private static Outcome login(String proxyCommand) {
    return Ssh.to(SITE.sshd().address(), proxyCommand).exec("echo done").run().ok();
  }
}
