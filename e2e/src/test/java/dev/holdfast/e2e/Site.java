package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where a test class logs in: an sshd, a gate before it and a relay that cuts links before that;
 * and, for those who ask for it, a node and such a relay. It checks that every test that went
 * through the relay was cut, and that nothing is left running after the last one.
 */
final class Site
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  /** A login alone carries more than that, so that a test with more must have been cut. */
  private static final long SURELY_CUT = 8_000;

  /**
   * A client whose relay was closed before it had said goodbye tries to for two minutes: cli's
   * Goodbye.
   */
  private static final Duration GONE = Duration.ofSeconds(150);

  private static final int LINES_SHOWN = 25;

  private @Nullable Sshd sshd;
  private @Nullable Gate gate;
  private @Nullable CuttingRelay relay;
  private @Nullable Node node;
  private @Nullable CuttingRelay nodeRelay;
  private long seed;
  private long bytesBefore;
  private long resetsBefore;

  @Override
  public void beforeAll(ExtensionContext context) {
    Sshd started = Sshd.start();
    sshd = started;
    Gate before = Gate.before(started.address());
    gate = before;
    relay = new CuttingRelay(before.address());
  }

  Sshd sshd() {
    return there(sshd);
  }

  Gate gate() {
    return there(gate);
  }

  CuttingRelay relay() {
    return there(relay);
  }

  /** The address to dial on that route. */
  InetSocketAddress address(Route route) {
    return switch (route) {
      case DIRECT -> gate().address();
      case HELD -> relay().address();
      case NODE -> node().address();
      case HELD_NODE -> nodeRelay().address();
    };
  }

  /** A node that has all that stock clients ask for; started when it is first asked for. */
  Node node() {
    if (node == null) {
      node = Node.forClients();
    }
    return node;
  }

  private CuttingRelay nodeRelay() {
    if (nodeRelay == null) {
      nodeRelay = new CuttingRelay(node().address());
      nodeRelay.cut(CutPlan.thinningOut(seed));
    }
    return nodeRelay;
  }

  /** How many have logged in by key, to sshd and the node together. */
  long logins() {
    String log = sshd().log() + (node == null ? "" : node.log());
    return log.lines()
        .filter(line -> line.startsWith("Accepted publickey") || line.contains(" logged in from "))
        .count();
  }

  /** OpenSSH's clients on that route. */
  Ssh ssh(Route route) {
    return Ssh.to(address(route), route.isHeld() ? Holdfast.proxyCommand("%h", "%p") : null);
  }

  /** {@code holdfast ssh} on that route, by itself and without a ProxyCommand. */
  Ssh holdfastSsh(Route route) {
    return Ssh.to(address(route), null).byHoldfast();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    seed = context.getUniqueId().hashCode();
    relays().forEach(one -> one.cut(CutPlan.thinningOut(seed)));
    bytesBefore = relayed();
    resetsBefore = resets();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed; resets: " + resets());
      System.err.println("sshd's log ends:\n" + tail(sshd().log()));
      System.err.println("the gate's ends:\n" + tail(gate().log()));
      if (node != null) {
        System.err.println("the node's ends:\n" + tail(node.log()));
      }
    } else if (relayed() - bytesBefore > SURELY_CUT) {
      assertThat(resets()).as("resets during the test").isGreaterThan(resetsBefore);
    }
  }

  /** Clients must have gone by themselves, while what they talked to was still there. */
  @Override
  public void afterAll(ExtensionContext context) {
    try {
      if (relay != null && gate != null && sshd != null) {
        List<Program> expected = new ArrayList<>(List.of(gate.program(), sshd.program()));
        if (node != null) {
          expected.addAll(node.generations());
        }
        Leftovers.end(GONE, expected.toArray(Program[]::new));
      }
    } finally {
      relays().forEach(CuttingRelay::close);
      if (node != null) {
        node.close();
      }
      if (gate != null) {
        gate.close();
      }
      if (sshd != null) {
        sshd.close();
      }
    }
    Leftovers.end(GONE);
  }

  private List<CuttingRelay> relays() {
    return Stream.of(relay, nodeRelay).flatMap(Stream::ofNullable).toList();
  }

  private long relayed() {
    return relays().stream()
        .mapToLong(one -> one.bytes(Direction.UP) + one.bytes(Direction.DOWN))
        .sum();
  }

  private long resets() {
    return relays().stream().mapToLong(CuttingRelay::resets).sum();
  }

  private static String tail(String log) {
    List<String> lines = log.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
  }

  private static <T> T there(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the site was not started");
    }
    return part;
  }
}
