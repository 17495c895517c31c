package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * How long what lies on the way remembers a connection over which nothing goes: several connections
 * are idle side by side, each for twice as long as the one before, and then asked for an answer. So
 * it takes as long as the longest of them and no longer.
 *
 * @param alive the longest idleness that a connection survived; zero if none did
 * @param dead the shortest that one did not; nothing if all did
 */
record NatPatience(Duration alive, Optional<Duration> dead) {
  /** Connections side by side. */
  static final int MOST_CONNECTIONS = 6;

  /** The shortest idleness that is tried; an interval below half of it would be a burden. */
  static final Duration LEAST = Duration.ofSeconds(10);

  /** For an answer over a connection that lives. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  /** What is set where nothing shorter is needed (the usual advice: NATs forget after minutes). */
  static final Duration USUAL_INTERVAL = Duration.ofSeconds(60);

  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(5);

  /** Makes one more connection. */
  interface Connector {
    ClientConnection connect() throws IOException;
  }

  /** The idlenesses to try, shortest first, none longer than {@code most}. */
  static List<Duration> plan(Duration most, Duration least) {
    List<Duration> plan = new ArrayList<>();
    for (Duration next = most;
        plan.size() < MOST_CONNECTIONS && (plan.isEmpty() || next.compareTo(least) >= 0);
        next = next.dividedBy(2)) {
      plan.addFirst(next);
    }
    return plan;
  }

  /**
   * Measures.
   *
   * @param progress told of each step, for people
   */
  static NatPatience measure(List<Duration> plan, Connector connector, Consumer<String> progress)
      throws IOException, InterruptedException {
    List<ClientConnection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < plan.size(); i++) {
        connections.add(connector.connect());
      }
      return watch(plan, connections, progress);
    } finally {
      connections.forEach(ClientConnection::sever);
    }
  }

  private static NatPatience watch(
      List<Duration> plan, List<ClientConnection> connections, Consumer<String> progress)
      throws InterruptedException {
    long begun = System.nanoTime();
    Duration alive = Duration.ZERO;
    for (int i = 0; i < plan.size(); i++) {
      Duration idle = plan.get(i);
      progress.accept("waiting until a connection was idle for " + idle.toSeconds() + " s");
      TimeUnit.NANOSECONDS.sleep(begun + idle.toNanos() - System.nanoTime());
      if (!answers(connections.get(i))) {
        return new NatPatience(alive, Optional.of(idle));
      }
      alive = idle;
    }
    return new NatPatience(alive, Optional.empty());
  }

  private static boolean answers(ClientConnection connection) throws InterruptedException {
    try {
      connection.ping().get(ANSWER.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** How often something should be sent so that a connection is never forgotten. */
  Duration interval() {
    if (dead.isEmpty()) {
      return USUAL_INTERVAL;
    }
    // What was survived is safe; half of what was not is a guess that is only taken below that.
    Duration safe = alive.isZero() ? dead.get().dividedBy(4) : alive.multipliedBy(4).dividedBy(5);
    Duration most = safe.compareTo(USUAL_INTERVAL) > 0 ? USUAL_INTERVAL : safe;
    Duration rounded = Duration.ofSeconds(most.toSeconds());
    return rounded.compareTo(LEAST_INTERVAL) < 0 ? LEAST_INTERVAL : rounded;
  }
}
