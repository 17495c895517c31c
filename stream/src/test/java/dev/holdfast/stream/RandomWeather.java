package dev.holdfast.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Faults of all kinds, at random bytes of random wires, until the wires are good. */
record RandomWeather(long seed, long goodFrom, List<Long> replacements, boolean damages)
    implements Simulation.Weather {

  /** Bad wires for up to 20 seconds, and up to five replacements of links that are fine. */
  static RandomWeather of(long seed, boolean damages) {
    RandomGenerator random = new SplittableRandom(seed);
    List<Long> pauses = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      pauses.add(random.nextLong(3 * Timeline.SECOND));
    }
    return new RandomWeather(
        seed, random.nextLong(20 * Timeline.SECOND), List.copyOf(pauses), damages);
  }

  @Override
  public Wire.Fault toServer(int wire) {
    return fault(2L * wire);
  }

  @Override
  public Wire.Fault toClient(int wire) {
    return fault(2L * wire + 1);
  }

  private Wire.Fault fault(long which) {
    RandomGenerator random = new SplittableRandom(seed * 31 + which);
    long at = random.nextInt(3) == 0 ? random.nextLong(400) : random.nextLong(200_000);
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> Wire.Fault.cut(at);
      case 4 -> Wire.Fault.silent(at);
      case 5, 6 -> Wire.Fault.stall(at, random.nextLong(4 * Timeline.SECOND));
      case 7 -> damages ? Wire.Fault.damage(at) : Wire.Fault.NONE;
      default -> Wire.Fault.NONE;
    };
  }
}
