package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Real clients through real proxies to nodes that nobody can dial: stock {@code ssh -J}, stock ssh
 * with {@code holdfast connect --proxy}, and {@code holdfast ssh}; while the proxies end and come
 * back.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ThroughProxiesTest {
  private static final int RESTARTS = Effort.LONG ? 100 : 6;
  private static final int BULK_MIB = Effort.LONG ? 512 : 24;
  private static final Duration GONE = Duration.ofSeconds(90);
  private static final List<String> NODES = List.of("web1", "stock");

  private static Sshd sshd;
  private static Proxies proxies;

  @BeforeAll
  static void begin() {
    sshd = Sshd.start();
    proxies = Proxies.start(2);
    proxies.node("web1");
    proxies.gate("stock", sshd);
  }

  @AfterAll
  static void end() {
    proxies.close();
    sshd.close();
    Leftovers.end(GONE);
  }

  @Test
  void stockSshReachesNodesByJumpHost() {
    for (String node : NODES) {
      assertThat(proxies.ssh("-J", "proxy0", node, "echo $((6*7))").run().ok().output())
          .isEqualTo("42\n");
    }
    assertThat(proxies.ssh("-J", "proxy1", "role=web1", "exit 7").run().exited(7).output())
        .isEmpty();
  }

  @Test
  void stockSshIsToldWhyItGetsNowhere() {
    assertThat(proxies.ssh("-J", "proxy0", "web9", "true").run().exited(255).errors())
        .contains("There is no node 'web9' in this cluster; check the name.");
    assertThat(proxies.ssh("proxy0").run().exited(1).errors())
        .contains("This is a proxy, which has no shell");
  }

  @Test
  void ourClientsAreToldSoInOneSentence() {
    assertThat(
            proxies
                .ssh("-o", "ProxyCommand=" + proxies.proxyCommand(), "web9", "true")
                .run()
                .exited(255)
                .errors())
        .contains("There is no node 'web9' in this cluster; check the name.");
    assertThat(proxies.holdfastSsh("web9", "true").run().exited(255).errors())
        .contains("There is no node 'web9' in this cluster; check the name.");
  }

  /** By two kinds of client to two kinds of node: what stock {@code ssh -J} has ends each time. */
  @Test
  void nothingIsLostWhileProxiesAreKilledRestartedAndTakenOverInTurn() throws IOException {
    List<Talk> talks = new ArrayList<>();
    List<BulkEcho> copies = new ArrayList<>();
    long longest = 0;
    try {
      for (String node : NODES) {
        Command byCommand = proxies.ssh("-o", "ProxyCommand=" + proxies.proxyCommand(), node);
        talks.add(Talk.start(byCommand));
        talks.add(Talk.start(proxies.holdfastSsh(node)));
        copies.add(BulkEcho.start(byCommand, BULK_MIB));
      }
      talks.forEach(Talk::sayAndHear);
      copies.forEach(BulkEcho::awaitBegun);
      for (int i = 0; i < RESTARTS; i++) {
        end(i);
        long begun = System.nanoTime();
        talks.forEach(Talk::sayAndHear);
        longest = Math.max(longest, System.nanoTime() - begun);
      }
      copies.forEach(BulkEcho::finish);
      talks.forEach(Talk::finish);
      System.err.printf(
          "%d ends of proxies: %d lines each in %d sessions, %d MiB both ways in %d; the slowest"
              + " round of all lines %d ms%n",
          RESTARTS, RESTARTS + 1, talks.size(), BULK_MIB, copies.size(), longest / 1_000_000);
    } catch (AssertionError e) {
      System.err.println("what proxies and nodes said: " + proxies.log());
      throw e;
    } finally {
      talks.forEach(Talk::close);
      copies.forEach(BulkEcho::close);
    }
  }

  private static void end(int turn) {
    switch (turn / 2 % 3) {
      case 0 -> proxies.restart(turn % 2, "KILL", NODES);
      case 1 -> proxies.restart(turn % 2, "TERM", NODES);
      default -> proxies.upgrade(turn % 2, NODES);
    }
  }
}
