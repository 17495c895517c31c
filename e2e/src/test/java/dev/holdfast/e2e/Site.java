package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where a test class logs in: an sshd, a gate before it and a relay that cuts links before that. It
 * checks that every test that went through the relay was cut, and that nothing is left running
 * after the last one.
 */
final class Site
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  /** A login alone carries more than that, so that a test with more must have been cut. */
  private static final long SURELY_CUT = 8_000;

  private static final Duration GONE = Duration.ofSeconds(10);
  private static final int LINES_SHOWN = 25;

  private @Nullable Sshd sshd;
  private @Nullable Gate gate;
  private @Nullable CuttingRelay relay;
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
    };
  }

  /** OpenSSH's clients on that route. */
  Ssh ssh(Route route) {
    return Ssh.to(address(route), route == Route.HELD ? Holdfast.proxyCommand("%h", "%p") : null);
  }

  /** {@code holdfast ssh} on that route, by itself and without a ProxyCommand. */
  Ssh holdfastSsh(Route route) {
    return Ssh.to(address(route), null).byHoldfast();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    long seed = context.getUniqueId().hashCode();
    relay().cut(CutPlan.thinningOut(seed));
    bytesBefore = relayed();
    resetsBefore = relay().resets();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      System.err.println(context.getDisplayName() + " failed; resets: " + relay().resets());
      System.err.println("sshd's log ends:\n" + tail(sshd().log()));
      System.err.println("the gate's ends:\n" + tail(gate().log()));
    } else if (relayed() - bytesBefore > SURELY_CUT) {
      assertThat(relay().resets()).as("resets during the test").isGreaterThan(resetsBefore);
    }
  }

  /** Clients must have gone by themselves, while what they talked to was still there. */
  @Override
  public void afterAll(ExtensionContext context) {
    try {
      if (relay != null && gate != null && sshd != null) {
        Leftovers.end(GONE, gate.program(), sshd.program());
      }
    } finally {
      if (relay != null) {
        relay.close();
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

  private long relayed() {
    return relay().bytes(Direction.UP) + relay().bytes(Direction.DOWN);
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
