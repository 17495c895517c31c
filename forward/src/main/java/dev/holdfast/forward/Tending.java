package dev.holdfast.forward;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Looks after servers while one of them has something to look after. Thread-safe. */
final class Tending implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(100);

  private final Supplier<List<Server>> servers;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("tend").factory());

  // Guarded by this.
  private boolean ticking;
  private boolean woken;
  private boolean closed;

  Tending(Supplier<List<Server>> servers) {
    this.servers = servers;
  }

  /** There is something to look after. */
  synchronized void wakeUp() {
    woken = true;
    if (!ticking && !closed) {
      ticking = true;
      next();
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void next() {
    ticks.schedule(this::tick, TICK.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void tick() {
    synchronized (this) {
      woken = false;
    }
    boolean isBusy = false;
    for (Server server : servers.get()) {
      isBusy |= server.tend();
    }
    synchronized (this) {
      ticking = (isBusy || woken) && !closed;
      if (ticking) {
        next();
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    ticks.shutdownNow();
  }
}
