package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A proxy whose process is replaced under live sessions of all kinds, of which stock {@code ssh -J}
 * has nothing to come back with: none of them notices.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ProxyTakeOverTest {
  private static final int TAKE_OVERS = Effort.LONG ? 20 : 3;
  private static final int BULK_MIB = Effort.LONG ? 512 : 64;
  private static final Duration GONE = Duration.ofSeconds(90);
  private static final List<String> NODES = List.of("web1", "stock");

  private Sshd sshd;
  private Proxies proxies;

  @BeforeEach
  void begin() {
    sshd = Sshd.start();
    proxies = Proxies.start(1);
    proxies.node("web1");
    proxies.gate("stock", sshd);
  }

  @AfterEach
  void end() {
    proxies.close();
    sshd.close();
    Leftovers.end(GONE);
  }

  /** Each kind of client to a node. */
  private List<Command> kinds(String node) {
    return List.of(
        proxies.ssh("-J", "proxy0", node),
        proxies.ssh("-o", "ProxyCommand=" + proxies.proxyCommand(), node),
        proxies.holdfastSsh(node));
  }

  @Test
  void nothingThatIsLiveIsCut() {
    List<Talk> talks = new ArrayList<>();
    List<BulkEcho> copies = new ArrayList<>();
    List<Program> old = new ArrayList<>();
    try {
      for (String node : NODES) {
        kinds(node).forEach(it -> talks.add(Talk.start(it)));
        kinds(node).forEach(it -> copies.add(BulkEcho.start(it, BULK_MIB)));
      }
      talks.forEach(Talk::sayAndHear);
      copies.forEach(BulkEcho::awaitBegun);
      for (int i = 0; i < TAKE_OVERS; i++) {
        old.add(proxies.upgrade(0, NODES));
        talks.forEach(Talk::sayAndHear);
        copies.forEach(BulkEcho::isUnbroken);
        for (String node : NODES) {
          kinds(node).forEach(it -> it.plus("true").run().ok());
        }
      }
      assertThat(old.getFirst().alive()).isTrue();
      copies.forEach(BulkEcho::finish);
      talks.forEach(Talk::finish);
      old.forEach(it -> it.await(GONE).ok());
      assertThat(proxies.log()).doesNotContain("is back after", "a defect");
    } catch (AssertionError e) {
      System.err.println("what proxies and nodes said: " + proxies.log());
      throw e;
    } finally {
      talks.forEach(Talk::close);
      copies.forEach(BulkEcho::close);
    }
  }

  @Test
  void anOldConnectionReachesNodesThroughTheNewestProcess() {
    String path = Scratch.directory("master").resolve("s").toString();
    try (Program master =
        proxies
            .ssh("-N", "-o", "ControlMaster=yes", "-o", "ControlPath=" + path, "proxy0")
            .start()) {
      Await.until("the master", GONE, () -> Path.of(path).toFile().exists());
      Program old = proxies.upgrade(0, NODES);
      proxies.upgrade(0, NODES);
      for (String node : NODES) {
        String over = proxies.ssh("-o", "ControlPath=" + path, "-W", "%h:%p", "proxy0").toString();
        assertThat(
                proxies
                    .ssh("-o", "ProxyCommand=" + over, node, "echo $((6*7))")
                    .run()
                    .ok()
                    .output())
            .isEqualTo("42\n");
      }
      assertThat(old.alive()).isTrue();
      assertThat(old.errors()).contains("goes to web1", "goes to stock");
      assertThat(master.alive()).isTrue();
    }
  }

  @Test
  void aSuccessorThatIsKilledGivesThePortAndTheNodesBack() {
    try (Talk jumped = Talk.start(proxies.ssh("-J", "proxy0", "web1"))) {
      jumped.sayAndHear();
      Program old = proxies.upgrade(0, NODES);
      proxies.running(0).signal("KILL");
      old.awaitOutput("serving again", GONE);
      proxies.isBack(0, old);
      for (Command ssh : kinds("stock")) {
        ssh.plus("true").run().ok();
      }
      jumped.sayAndHear();
      proxies.upgrade(0, NODES);
      jumped.sayAndHear();
      jumped.finish();
      old.await(GONE).ok();
    }
  }

  /** What {@code systemctl restart} does. */
  @Test
  void whoIsToldToEndSendsAwayWhoCanComeBackAndKeepsTheOthers() {
    try (Talk jumped = Talk.start(proxies.ssh("-J", "proxy0", "web1"));
        Talk ours = Talk.start(proxies.holdfastSsh("web1"))) {
      jumped.sayAndHear();
      ours.sayAndHear();
      Program old = proxies.relieve(0, NODES);
      jumped.sayAndHear();
      ours.sayAndHear();
      assertThat(old.alive()).isTrue();
      jumped.finish();
      old.await(GONE).ok();
      ours.finish();
    }
  }
}
