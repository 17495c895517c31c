package dev.holdfast.bench;

import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Memory of the process between: with nothing to do, with thousands of idle connections, right
 * after some of them carried bulk, a while after that, and when all have gone.
 */
final class IdleMemory {
  private static final int WARM_CONNECTIONS = 100;

  /** The raw relay spends two threads, and 600 KiB, on each connection. */
  private static final int PEER_CONNECTIONS_MAX = 1_000;

  private static final int BUSY_CONNECTIONS = 8;
  private static final Duration SETTLE = Duration.ofSeconds(3);

  private final Plan plan;
  private final Results results;

  IdleMemory(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  /** Returns how many idle connections there will be: as many as planned, or as are allowed. */
  static int connections(Plan plan) throws IOException {
    int connections = OpenFiles.fitting(2 * (plan.idle() + WARM_CONNECTIONS)) / 2;
    return Math.max(connections - WARM_CONNECTIONS, 1);
  }

  /** Measures one contender in processes of its own, against the server's port for idle clients. */
  void measure(Path path, int idlePort) throws IOException {
    int idle = path.resumes() ? connections(plan) : Math.min(plan.idle(), PEER_CONNECTIONS_MAX);
    try (Lane lane = Lane.start(path, idlePort, idle + WARM_CONNECTIONS)) {
      hold(lane, WARM_CONNECTIONS);
      lane.client().ask("drop");
      double clientBefore = lane.clientUsage().rssKib();
      double before = look(lane, "before", SETTLE);
      hold(lane, idle);
      double with = look(lane, "with %d idle".formatted(idle), SETTLE);
      each(lane, "idle connection, between", (with - before) / idle);
      each(lane, "idle connection, client", (lane.clientUsage().rssKib() - clientBefore) / idle);
      busy(lane);
      look(lane, "right after bulk", Duration.ZERO);
      double rested = look(lane, plan.rest().toSeconds() + " s after bulk", plan.rest());
      each(lane, "idle connection, between, after bulk", (rested - before) / idle);
      lane.client().ask("drop");
      look(lane, "after all have gone", SETTLE);
    }
  }

  private static void hold(Lane lane, int count) throws IOException {
    lane.client().ask("hold %d %d".formatted(lane.port(), count));
  }

  private void busy(Lane lane) throws IOException {
    lane.client()
        .ask("busy %d %d".formatted(BUSY_CONNECTIONS, plan.near().bytes() / BUSY_CONNECTIONS));
  }

  private void each(Lane lane, String name, double kib) {
    results.add(new Measure(name, "KiB"), lane.path(), kib);
  }

  private double look(Lane lane, String when, Duration wait) throws IOException {
    LockSupport.parkNanos(wait.toNanos());
    Usage usage = lane.betweenUsage();
    results.add(new Measure("resident " + when, "MiB"), lane.path(), usage.rssKib() / 1024.0);
    results.add(new Measure("proportional " + when, "MiB"), lane.path(), usage.pssKib() / 1024.0);
    return usage.rssKib();
  }
}
