package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node as systemd runs it by packaging/systemd/holdfast-node.service. */
@Needs(Tool.SSH)
final class NodeUnitTest {
  private static final int STATUS = 7;
  private static final Duration SOON = Duration.ofSeconds(30);

  /** What {@code systemctl restart} does: SIGTERM to the main process alone, then a new one. */
  @Test
  void restartEndsNoSession() {
    try (Node node = Node.underSystemd();
        CuttingRelay relay = new CuttingRelay(node.address());
        Program plain = talk(Ssh.to(node.address(), null));
        Program held = talk(Ssh.to(relay.address(), Holdfast.proxyCommand("%h", "%p")))) {
      Program main = node.generations().getFirst();
      main.signal("TERM");
      main.await(SOON).ok();
      try (Node next = node.again()) {
        relay.reset();
        for (Program ssh : new Program[] {plain, held}) {
          ssh.type("again\n");
          ssh.awaitOutput("heard again", SOON);
          ssh.closeInput();
          ssh.await(SOON).exited(STATUS);
        }
        next.generations().getFirst().signal("HUP");
        next.generations().getFirst().awaitOutput("read ", SOON);
        assertThat(next.log()).contains("was passed to process");
      }
    }
    Leftovers.end(Duration.ofSeconds(90));
  }

  private static Program talk(Ssh client) {
    Program ssh =
        client.exec("while read -r line; do echo \"heard $line\"; done; exit " + STATUS).start();
    ssh.type("first\n");
    ssh.awaitOutput("heard first", SOON);
    return ssh;
  }
}
