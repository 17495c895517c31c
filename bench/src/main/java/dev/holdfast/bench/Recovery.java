package dev.holdfast.bench;

import dev.holdfast.bench.DelayRelay.OldLinks;
import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a stream stands still: after a reset, after a stall, after the whole network was silent.
 * Each repetition in milliseconds, at a delay of {@link #ROUND_TRIP}.
 */
final class Recovery {
  static final Duration ROUND_TRIP = Duration.ofMillis(50);

  private static final int SLOT = 0;
  private static final int TICKS = 2_000;
  private static final long CUT_AFTER_NANOS = 500_000_000;

  /** So long after a reset the client has read what it had received before. */
  private static final long NOTICED_NANOS = 5_000_000;

  private static final int WARM_KEYS = 20;
  private static final int PHASE_MILLIS_MAX = 500;

  private final Plan plan;
  private final Results results;
  private final Segments segments;
  private final Random random = new Random(5);

  Recovery(Plan plan, Results results, Segments segments) {
    this.plan = plan;
    this.results = results;
    this.segments = segments;
  }

  /**
   * Measures one lane; one whose connections do not resume only through what TCP itself survives.
   */
  void measure(Lane lane) throws IOException {
    var shape = DelayRelay.Shape.roundTrip(ROUND_TRIP, plan.windowBytes());
    try (var delay = DelayRelay.start(lane.port(), shape, segments)) {
      lane.client().ask("open %d %d".formatted(SLOT, delay.port()));
      for (int i = 0; i < WARM_KEYS; i++) {
        lane.client().ask("key " + SLOT);
      }
      if (lane.path().resumes()) {
        for (int i = 0; i < plan.cuts(); i++) {
          afterReset(lane, delay);
          keyAfterReset(lane, delay);
        }
        for (int i = 0; i < plan.cuts(); i++) {
          afterStall(lane, delay);
        }
      }
      for (Duration silence : plan.silences()) {
        for (int i = 0; i < plan.silencesEach(); i++) {
          afterSilence(lane, delay, silence, OldLinks.RETRANSMIT);
          if (lane.path().resumes()) {
            afterSilence(lane, delay, silence, OldLinks.STALL);
          }
        }
      }
      lane.client().ask("close " + SLOT);
    }
  }

  /**
   * A steady stream from the server is cut: from the reset to the next byte that the client has.
   */
  private void afterReset(Lane lane, DelayRelay delay) throws IOException {
    lane.client().tell("ticks %d %d".formatted(SLOT, TICKS));
    LockSupport.parkNanos(CUT_AFTER_NANOS + phase());
    long cut = System.nanoTime();
    delay.reset();
    long again = endOfPause(lane.client().answer(), cut + NOTICED_NANOS);
    add(lane, "reset: the stream flows again", again - cut);
  }

  /** Returns the end of that pause, of starts and ends in turn, which the instant is in. */
  static long endOfPause(long[] pauses, long nanos) throws IOException {
    for (int i = 0; i < pauses.length; i += 2) {
      if (pauses[i] <= nanos && pauses[i + 1] > nanos) {
        return pauses[i + 1];
      }
    }
    throw new IOException("the stream did not stand still after a reset, so that was none");
  }

  /** A key is typed at the instant of a reset: from there to its echo. */
  private void keyAfterReset(Lane lane, DelayRelay delay) throws IOException {
    LockSupport.parkNanos(phase());
    long cut = System.nanoTime();
    delay.reset();
    add(lane, "reset: a key typed then is echoed", lane.client().ask("key " + SLOT)[1] - cut);
  }

  /** The link stalls for good, then a key is typed: from the key to its echo. */
  private void afterStall(Lane lane, DelayRelay delay) throws IOException {
    delay.stall();
    LockSupport.parkNanos(phase());
    long[] key = lane.client().ask("key " + SLOT);
    add(lane, "stall: from a key to its echo", key[1] - key[0]);
    LockSupport.parkNanos(phase());
  }

  /** A key is typed while nothing passes: from the network's return to the echo. */
  private void afterSilence(Lane lane, DelayRelay delay, Duration silence, OldLinks old)
      throws IOException {
    delay.silence();
    LockSupport.parkNanos(phase());
    lane.client().tell("key " + SLOT);
    LockSupport.parkNanos(silence.toNanos());
    long healed = System.nanoTime();
    delay.heal(old);
    long[] key = lane.client().answer();
    String links = old == OldLinks.STALL ? "old links stalled" : "old links kept";
    add(lane, "silence of %d s, %s: echo".formatted(silence.toSeconds(), links), key[1] - healed);
    LockSupport.parkNanos(phase());
  }

  private void add(Lane lane, String name, long nanos) {
    results.add(new Measure(name, "ms"), lane.path(), nanos / 1e6);
  }

  private long phase() {
    return Duration.ofMillis(random.nextInt(PHASE_MILLIS_MAX)).toNanos();
  }
}
