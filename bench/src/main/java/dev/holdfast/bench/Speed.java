package dev.holdfast.bench;

import dev.holdfast.bench.Plan.Amount;
import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Throughput, CPU and round trips: every contender after the other, over and over, so that whatever
 * else the machine does falls on all of them.
 */
final class Speed {
  private static final int SLOT = 0;
  private static final int CHECK_BYTES = 8 << 20;
  private static final int WARM_ROUNDS = 2;
  private static final double GIB = 1L << 30;

  private final Plan plan;
  private final List<Lane> lanes;
  private final Results results;
  private final Segments segments;

  Speed(Plan plan, List<Lane> lanes, Results results, Segments segments) {
    this.plan = plan;
    this.lanes = lanes;
    this.results = results;
    this.segments = segments;
  }

  /** Runs every lane until its code is compiled; what it measures is dropped. */
  void warmUp() throws IOException {
    for (Lane lane : lanes) {
      lane.client().ask("open %d %d".formatted(SLOT, lane.port()));
      lane.client().ask("check %d %d".formatted(SLOT, CHECK_BYTES));
      for (int round = 0; round < WARM_ROUNDS; round++) {
        lane.client().ask("up %d %d".formatted(SLOT, plan.near().bytes()));
        lane.client().ask("down %d %d".formatted(SLOT, plan.near().bytes()));
        lane.client().ask("both %d %d".formatted(SLOT, plan.near().bytes()));
        lane.client().ask("trips %d %d".formatted(SLOT, plan.near().trips()));
      }
      lane.client().ask("close " + SLOT);
    }
  }

  /** Measures at one delay. */
  void measure(Duration roundTrip) throws IOException {
    var delays = new ArrayList<DelayRelay>();
    try {
      for (Lane lane : lanes) {
        int port = lane.port();
        if (!roundTrip.isZero()) {
          DelayRelay.Shape shape = DelayRelay.Shape.roundTrip(roundTrip, plan.windowBytes());
          var delay = DelayRelay.start(port, shape, segments);
          delays.add(delay);
          port = delay.port();
        }
        lane.client().ask("open %d %d".formatted(SLOT, port));
      }
      String at = " at %d ms".formatted(roundTrip.toMillis());
      Amount amount = plan.amount(roundTrip);
      repeat(amount, lane -> bulk(lane, "upload" + at, "up %d %d", amount.bytes(), 1));
      repeat(amount, lane -> bulk(lane, "download" + at, "down %d %d", amount.bytes(), 1));
      repeat(amount, lane -> bulk(lane, "both" + at, "both %d %d", amount.bytes(), 2));
      repeat(amount, lane -> trips(lane, at, amount.trips()));
      for (Lane lane : lanes) {
        lane.client().ask("close " + SLOT);
      }
    } finally {
      for (DelayRelay delay : delays) {
        delay.close();
      }
    }
  }

  /** One turn of one lane; returns what to add to the results if the turn counts. */
  private interface Turn {
    Runnable run(Lane lane) throws IOException;
  }

  private void repeat(Amount amount, Turn turn) throws IOException {
    for (int repetition = 0; repetition <= amount.repetitions(); repetition++) {
      for (Lane lane : lanes) {
        Runnable add = turn.run(lane);
        if (repetition > 0) {
          add.run();
        }
      }
    }
  }

  private Runnable bulk(Lane lane, String name, String order, long each, int directions)
      throws IOException {
    double clientBefore = lane.clientCpuSeconds();
    double betweenBefore = lane.betweenCpuSeconds();
    long nanos = lane.client().ask(order.formatted(SLOT, each))[0];
    double bytes = (double) each * directions;
    double client = (lane.clientCpuSeconds() - clientBefore) / (bytes / GIB);
    double between = (lane.betweenCpuSeconds() - betweenBefore) / (bytes / GIB);
    return () -> {
      results.add(new Measure(name, "MB/s"), lane.path(), bytes / nanos * 1e3);
      results.add(new Measure(name + ", CPU of client", "s/GiB"), lane.path(), client);
      results.add(new Measure(name + ", CPU between", "s/GiB"), lane.path(), between);
      results.add(new Measure(name + ", CPU of both", "s/GiB"), lane.path(), client + between);
    };
  }

  private Runnable trips(Lane lane, String at, int count) throws IOException {
    long[] nanos = lane.client().ask("trips %d %d".formatted(SLOT, count));
    return () -> {
      results.add(new Measure("round trip" + at + ", p50", "µs"), lane.path(), nanos[0] / 1e3);
      results.add(new Measure("round trip" + at + ", p99", "µs"), lane.path(), nanos[1] / 1e3);
    };
  }
}
