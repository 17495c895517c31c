package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two proxies of one cluster, which hands them the keys of tickets: nobody copies anything, and
 * what was begun through one comes back through the other.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ClusterProxiesTest {
  private static final Duration PATIENCE = Members.PATIENCE;

  /** A connect whose server is gone tries to tell it for two minutes that it leaves. */
  private static final Duration GONE = Duration.ofSeconds(150);

  private static final List<String> NODES = List.of("web1.demo", "old.demo");
  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done; exit 7";

  private Members members;

  @BeforeEach
  void begin() {
    members = Members.start();
    members.another("proxy2", "p2");
  }

  @AfterEach
  void end() {
    members.close();
    Leftovers.end(GONE);
  }

  @Test
  void whatWasBegunThroughAProxyThatIsKilledComesBackThroughTheOther() {
    try (Program ours = members.holdfastSsh("web1.demo", ECHO).start();
        Program stock = members.ssh("old.demo", ECHO).start()) {
      heard(ours, "one");
      heard(stock, "one");
      members.end("proxy", "KILL");
      heard(ours, "two");
      heard(stock, "two");
      members.launch("proxy");
      Members.awaitNodes(members.running("proxy"));
      members.end("proxy2", "KILL");
      heard(ours, "three");
      heard(stock, "three");
      finished(ours);
      finished(stock);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    }
  }

  @Test
  void aProxyThatIsRestartedWhileAuthIsAwayGoesByTheKeysThatItHasKept() {
    try (Program ours = members.holdfastSsh("web1.demo", ECHO).start()) {
      heard(ours, "one");
      members.end("proxy2", "KILL");
      members.end("auth", "KILL");
      members.end("proxy", "KILL");
      members.launch("proxy");
      heard(ours, "two");
      members.launch("auth");
      finished(ours);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    }
  }

  @Test
  void aProxyThatIsRemovedTakesNoSessionWithItAndIsHandedNothingMore() throws IOException {
    try (Program ours = members.holdfastSsh("web1.demo", ECHO).start()) {
      heard(ours, "one");
      Path kept = members.state("proxy").resolve("ticket_keys.json");
      String had = Files.readString(kept);
      members.admin("nodes", "rm", "p1").run().ok();
      Await.until("the end of what it kept", PATIENCE, () -> !Files.exists(kept));
      Await.until(
          "other keys at the other proxy",
          PATIENCE,
          () -> text("proxy2").contains("\"withdrawn\":[\"" + signs(had) + "\"]"));
      assertThat(signs(text("proxy2"))).isNotEqualTo(signs(had));
      members.end("proxy", "KILL");
      heard(ours, "two");
      for (String node : NODES) {
        assertThat(members.ssh(node, "echo $((6*7))").run().ok().output()).isEqualTo("42\n");
      }
      assertThat(members.audited("ticket_key.change")).contains("withdrawn from p1");
      finished(ours);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    }
  }

  private String text(String proxy) {
    try {
      return Files.readString(members.state(proxy).resolve("ticket_keys.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The public half of the key that signs. */
  private static String signs(String kept) {
    return kept.replaceFirst(".*\"signs\":\"([^\"]+)\".*\\s*", "$1");
  }

  private static void heard(Program program, String word) {
    program.type(word + "\n");
    program.awaitOutput("heard " + word + "\n", PATIENCE);
  }

  private static void finished(Program program) {
    program.closeInput();
    program.await(PATIENCE).exited(7);
  }
}
