package dev.holdfast.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An outage in simulated time: a client that follows a {@link RetryPlan}, a kernel that sends each
 * SYN again after 1, 3 and 7 s (RFC 6298 section 5, as Linux does it at its slowest), a network
 * that comes back at a given time, and a server that answers. What was sent before the network's
 * return is lost.
 */
final class OutageSimulation {
  private static final long[] SYN_AFTER_MILLIS = {0, 1000, 3000, 7000};

  /** What the network is like until it returns. */
  enum Away {
    /** Packets vanish. */
    SILENT,
    /** There is no route, and nothing tells when there is one again. */
    NO_ROUTE,
    /** There is no route, and the kernel tells when there is one again. */
    NO_ROUTE_TOLD
  }

  private static final class Flight {
    final int attempt;

    /** When the SYN's answer will be here, if the attempt lives that long. */
    final long connects;

    boolean connected;

    Flight(int attempt, long connects) {
      this.attempt = attempt;
      this.connects = connects;
    }
  }

  private final RetryPlan plan;
  private final Away away;
  private final long returns;
  private final long roundTrip;
  private final List<Flight> flights = new ArrayList<>();
  private int attempts;
  private int mostAtOnce;

  /** The round trip may be another one after the outage than before. */
  OutageSimulation(long seed, Away away, Duration outage, Duration before, Duration after) {
    this.plan = new RetryPlan(0, before, RetryPlan.UNLIMITED, new SplittableRandom(seed));
    this.away = away;
    this.returns = outage.toNanos();
    this.roundTrip = after.toNanos();
  }

  int attempts() {
    return attempts;
  }

  int mostAtOnce() {
    return mostAtOnce;
  }

  /** From the network's return until bytes flow again: the SYN's round trip and the hello's. */
  Duration recovery() {
    boolean told = false;
    for (long now = 0; ; ) {
      if (firstFlow() <= now) {
        return Duration.ofNanos(now - returns);
      }
      if (away == Away.NO_ROUTE_TOLD && now >= returns && !told) {
        told = true;
        plan.changed(now);
      }
      connect(now);
      switch (plan.next(now)) {
        case RetryPlan.Step.Start start -> start(start.attempt(), now);
        case RetryPlan.Step.End end -> flights.removeIf(f -> f.attempt == end.attempt());
        case RetryPlan.Step.Wait wait -> now = Math.min(wait.untilNanos(), nextEvent(now));
        case RetryPlan.Step.GiveUp _ -> throw new AssertionError("gave up without end of patience");
      }
    }
  }

  private void start(int attempt, long now) {
    attempts++;
    if (away != Away.SILENT && now < returns) {
      plan.ended(attempt, RetryPlan.Outcome.NO_NETWORK, now);
      return;
    }
    flights.add(new Flight(attempt, answered(now)));
    mostAtOnce = Math.max(mostAtOnce, flights.size());
  }

  private long answered(long start) {
    for (long millis : SYN_AFTER_MILLIS) {
      long sent = start + Duration.ofMillis(millis).toNanos();
      if (sent >= returns) {
        return sent + roundTrip;
      }
    }
    return Long.MAX_VALUE / 2;
  }

  private void connect(long now) {
    for (Flight flight : flights) {
      if (!flight.connected && flight.connects <= now) {
        flight.connected = true;
        plan.connected(flight.attempt, now);
      }
    }
  }

  private long firstFlow() {
    return flights.stream().mapToLong(f -> f.connects + roundTrip).min().orElse(Long.MAX_VALUE);
  }

  private long nextEvent(long now) {
    long back = now < returns ? returns : Long.MAX_VALUE;
    long connect =
        flights.stream().filter(f -> !f.connected).mapToLong(f -> f.connects).min().orElse(back);
    return Math.min(Math.min(back, connect), firstFlow());
  }
}
