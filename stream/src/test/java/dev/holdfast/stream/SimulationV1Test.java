package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams of resume v1, both ends ours, over every kind of bad wire. */
class SimulationV1Test {
  private static final Dialect V1 = new DialectV1(false);
  private static final Dialect PIPELINING = new DialectV1(true);
  private static final Chunks CHUNKS = new Chunks(1 << 30);

  /** The longest opening and position (172 bytes), and frames of 700 bytes behind it. */
  private static final int OPENING_AND_FRAMES = 300;

  private static final long SEEDS = 2000;

  @BeforeAll
  static void rememberKeyAgreements() {
    RememberedEcdh.install();
  }

  @AfterAll
  static void forgetKeyAgreements() {
    RememberedEcdh.remove();
  }

  @Test
  void deliversEveryByteOnceInOrderWhateverTheLinksDo() {
    int most = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      most = Math.max(most, Simulation.run(V1, CHUNKS, seed, Plans.random(seed, false)));
    }
    assertThat(most).as("some streams needed many links").isGreaterThan(10);
  }

  @Test
  void positionsAheadOfTheAnswerMayArriveLate() {
    for (long seed = SEEDS; seed < 2 * SEEDS; seed++) {
      Simulation.run(PIPELINING, CHUNKS, seed, Plans.random(seed, false));
    }
  }

  @Test
  void survivesACutAtEveryByteOfANewStreamsOpening() {
    cutEverywhere(V1, 0);
  }

  @Test
  void survivesACutAtEveryByteOfAResume() {
    cutEverywhere(V1, 1);
    cutEverywhere(PIPELINING, 1);
  }

  @Test
  void survivesACutAtEveryByteOfASecondResume() {
    cutEverywhere(V1, 2);
    cutEverywhere(PIPELINING, 2);
  }

  private static void cutEverywhere(Dialect dialect, int wire) {
    for (int at = 0; at < OPENING_AND_FRAMES; at++) {
      once(dialect, Plans.oneFault(wire, true, Wire.Fault.cut(at)));
      once(dialect, Plans.oneFault(wire, false, Wire.Fault.cut(at)));
    }
  }

  @Test
  void survivesSilenceFromEveryByteOn() {
    for (int wire = 0; wire < 2; wire++) {
      for (int at = 0; at < OPENING_AND_FRAMES; at++) {
        once(V1, Plans.oneFault(wire, true, Wire.Fault.silent(at)));
        once(V1, Plans.oneFault(wire, false, Wire.Fault.silent(at)));
      }
    }
  }

  @Test
  void oldBytesArrivingLateChangeNothing() {
    for (int wire = 0; wire < 2; wire++) {
      for (int at = 0; at < OPENING_AND_FRAMES; at++) {
        once(V1, Plans.oneFault(wire, true, Wire.Fault.stall(at, 3 * Timeline.SECOND)));
        once(PIPELINING, Plans.oneFault(wire, false, Wire.Fault.stall(at, 3 * Timeline.SECOND)));
      }
    }
  }

  private static void once(Dialect dialect, Simulation.Plan plan) {
    Simulation.run(dialect, CHUNKS, 1, plan);
  }
}
