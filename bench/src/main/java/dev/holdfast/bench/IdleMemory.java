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
  private static final int BUSY_CONNECTIONS = 8;
  private static final Duration SETTLE = Duration.ofSeconds(3);

  private final Plan plan;
  private final Results results;

  IdleMemory(Plan plan, Results results) {
    this.plan = plan;
    this.results = results;
  }

  /** Measures one contender in processes of its own, against the server's port for idle clients. */
  void measure(Path path, int idlePort) throws IOException {
    try (Lane lane = Lane.start(path, idlePort, plan.idle() + WARM_CONNECTIONS)) {
      hold(lane, WARM_CONNECTIONS);
      lane.client().ask("busy %d %d".formatted(BUSY_CONNECTIONS, plan.bytes() / BUSY_CONNECTIONS));
      lane.client().ask("drop");
      double clientBefore = lane.clientUsage().rssKib();
      double before = look(lane, "before", SETTLE);
      hold(lane, plan.idle());
      double idle = look(lane, "with " + plan.idle() + " idle", SETTLE);
      each(lane, "idle connection, between", idle - before);
      each(lane, "idle connection, client", lane.clientUsage().rssKib() - clientBefore);
      lane.client().ask("busy %d %d".formatted(BUSY_CONNECTIONS, plan.bytes() / BUSY_CONNECTIONS));
      look(lane, "right after bulk", Duration.ZERO);
      look(lane, plan.rest().toSeconds() + " s after bulk", plan.rest());
      lane.client().ask("drop");
      look(lane, "after all have gone", SETTLE);
    }
  }

  private static void hold(Lane lane, int count) throws IOException {
    lane.client().ask("hold %d %d".formatted(lane.port(), count));
  }

  private void each(Lane lane, String name, double kib) {
    results.add(new Measure(name, "KiB"), lane.path(), kib / plan.idle());
  }

  private double look(Lane lane, String when, Duration wait) throws IOException {
    LockSupport.parkNanos(wait.toNanos());
    Usage usage = lane.betweenUsage();
    results.add(new Measure("resident " + when, "MiB"), lane.path(), usage.rssKib() / 1024.0);
    results.add(new Measure("proportional " + when, "MiB"), lane.path(), usage.pssKib() / 1024.0);
    return usage.rssKib();
  }
}
