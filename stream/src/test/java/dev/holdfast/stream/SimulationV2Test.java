package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Streams of resume v2, both ends ours, over every kind of bad wire, bits that flip included. */
class SimulationV2Test {
  private static final Dialect V2 = new DialectV2();
  private static final Chunks CHUNKS = new Chunks(1 << 30);

  /** The longest hello or answer, and frames of 700 bytes behind it. */
  private static final int OPENING_AND_FRAMES = 330;

  private static final long SEEDS = 1000;

  @Test
  void deliversEveryByteOnceInOrderWhateverTheLinksDo() {
    int most = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      most = Math.max(most, Simulation.run(V2, CHUNKS, seed, Plans.random(seed, false)));
    }
    assertThat(most).as("some streams needed many links").isGreaterThan(10);
  }

  @Test
  void damagedBytesCostALinkAndNothingElse() {
    for (long seed = SEEDS; seed < 2 * SEEDS; seed++) {
      Simulation.run(V2, CHUNKS, seed, Plans.random(seed, true));
    }
  }

  @Test
  void survivesACutAtEveryByteOfAnOpeningAResumeAndASecondResume() {
    for (int wire = 0; wire < 3; wire++) {
      for (int at = 0; at < OPENING_AND_FRAMES; at++) {
        once(wire, Wire.Fault.cut(at));
      }
    }
  }

  @Test
  void survivesSilenceFromEveryByteOn() {
    for (int wire = 0; wire < 2; wire++) {
      for (int at = 0; at < OPENING_AND_FRAMES; at++) {
        once(wire, Wire.Fault.silent(at));
      }
    }
  }

  @Test
  void oldBytesArrivingLateChangeNothing() {
    for (int wire = 0; wire < 2; wire++) {
      for (int at = 0; at < OPENING_AND_FRAMES; at++) {
        once(wire, Wire.Fault.stall(at, 3 * Timeline.SECOND));
      }
    }
  }

  @Test
  void survivesABitFlippedInEveryByte() {
    for (int wire = 0; wire < 3; wire++) {
      for (int at = 0; at < OPENING_AND_FRAMES; at++) {
        once(wire, Wire.Fault.damage(at));
      }
    }
  }

  private static void once(int wire, Wire.Fault fault) {
    Simulation.run(V2, CHUNKS, 1, Plans.oneFault(wire, true, fault));
    Simulation.run(V2, CHUNKS, 1, Plans.oneFault(wire, false, fault));
  }
}
