package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
  private static final int RESTARTS = Effort.LONG ? 100 : 4;
  private static final int BULK = 24 << 20;
  private static final Duration GONE = Duration.ofSeconds(90);
  private static final List<String> NODES = List.of("web1", "stock");

  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done; exit 7";

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

  @Test
  void nothingIsLostWhileProxiesAreKilledAndRestartedInTurn() throws IOException {
    Path file = bulk();
    List<Talk> talks = new ArrayList<>();
    List<Copy> copies = new ArrayList<>();
    try {
      for (String node : NODES) {
        Command byCommand = proxies.ssh("-o", "ProxyCommand=" + proxies.proxyCommand(), node);
        talks.add(new Talk(byCommand.plus(ECHO).start()));
        talks.add(new Talk(proxies.holdfastSsh(node, ECHO).start()));
        copies.add(Copy.of(byCommand.plus(slowly()), file));
      }
      talks.forEach(Talk::sayAndHear);
      for (int i = 0; i < RESTARTS; i++) {
        proxies.restart(i % 2, i % 4 < 2 ? "KILL" : "TERM", NODES);
        talks.forEach(Talk::sayAndHear);
      }
      copies.forEach(Copy::finish);
      talks.forEach(Talk::finish);
    } catch (AssertionError e) {
      System.err.println("what proxies and nodes said: " + proxies.log());
      throw e;
    } finally {
      talks.forEach(Talk::close);
      copies.forEach(Copy::close);
    }
  }

  /** Echoes its input, a MiB in each tenth of a second, so that it lasts over restarts. */
  private static String slowly() {
    return "i=0; while [ $i -lt %d ]; do head -c 1048576; sleep 0.1; i=$((i+1)); done"
        .formatted(BULK >> 20);
  }

  private static Path bulk() throws IOException {
    byte[] bytes = new byte[BULK];
    new Random(1).nextBytes(bytes);
    return Files.write(Scratch.directory("bulk").resolve("bytes"), bytes);
  }

  /** A file that goes to a node and back. */
  private record Copy(Program program, Path from, Path to) {
    static Copy of(Command ssh, Path from) {
      Path to = Scratch.directory("copy").resolve("bytes");
      return new Copy(ssh.reading(from).writing(to).start(), from, to);
    }

    void finish() {
      program.await(Effort.DEADLINE).ok();
      try {
        assertThat(Files.mismatch(from, to)).isEqualTo(-1);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void close() {
      program.close();
    }
  }

  /** A session that echoes lines. */
  private static final class Talk {
    private final Program ssh;
    private final StringBuilder heard = new StringBuilder();
    private int said;

    Talk(Program ssh) {
      this.ssh = ssh;
    }

    void sayAndHear() {
      said++;
      heard.append("heard ").append(said).append('\n');
      ssh.type(said + "\n");
      ssh.awaitOutput("heard " + said + "\n", Effort.DEADLINE);
      assertThat(ssh.output()).isEqualTo(heard.toString());
    }

    void finish() {
      ssh.closeInput();
      assertThat(ssh.await(GONE).exited(7).output()).isEqualTo(heard.toString());
    }

    void close() {
      ssh.close();
    }
  }
}
