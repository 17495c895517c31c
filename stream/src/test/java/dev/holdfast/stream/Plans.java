package dev.holdfast.stream;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What simulations carry. */
final class Plans {
  private static final Program.Pace BRISK =
      new Program.Pace(64 * 1024, Timeline.MILLI, 1 << 20, Timeline.MILLI / 10);

  private Plans() {}

  /** Random sizes, paces, paths and faults; mostly small, sometimes more than any window. */
  static Simulation.Plan random(long seed, boolean damages) {
    RandomGenerator random = new SplittableRandom(seed);
    Program.Pace client = pace(random);
    Program.Pace server = pace(random);
    int capacity = 1 << (9 + random.nextInt(10));
    return new Simulation.Plan(
        script(random, client, server, capacity),
        script(random, server, client, capacity),
        client,
        server,
        new Wire.Path(
            random.nextLong(100 * Timeline.MILLI),
            random.nextInt(3) == 0 ? 0 : random.nextLong(20 * Timeline.MILLI),
            capacity),
        random.nextBoolean(),
        RandomWeather.of(seed, damages));
  }

  /** A short exchange over quick wires of which one direction of one has a fault. */
  static Simulation.Plan oneFault(int wire, boolean toServer, Wire.Fault fault) {
    return new Simulation.Plan(
        new Program.Script(1, 700),
        new Program.Script(2, 700),
        BRISK,
        BRISK,
        new Wire.Path(5 * Timeline.MILLI, 0, 64 * 1024),
        true,
        new OneFault(wire, toServer, fault));
  }

  /** Not more than is written and read in some dozen steps. */
  private static Program.Script script(
      RandomGenerator random, Program.Pace writer, Program.Pace reader, int capacity) {
    long steps = Math.min(80L * writer.writes(), 40L * reader.reads());
    long most = Math.min(steps, 30L * capacity);
    return new Program.Script(random.nextLong(), Math.min(most, bytes(random)));
  }

  private static long bytes(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1, 2, 3 -> random.nextInt(300);
      case 4, 5 -> random.nextInt(20_000);
      case 6 -> random.nextInt(200_000);
      default -> random.nextInt(1_000_000);
    };
  }

  private static Program.Pace pace(RandomGenerator random) {
    boolean readsSlowly = random.nextInt(4) == 0;
    return new Program.Pace(
        1 + random.nextInt(1 << (1 + random.nextInt(16))),
        Timeline.MILLI / 10 + random.nextLong(10 * Timeline.MILLI),
        readsSlowly ? 1000 + random.nextInt(30_000) : 1 << 20,
        readsSlowly ? random.nextLong(30 * Timeline.MILLI) : Timeline.MILLI / 10);
  }

  private record OneFault(int wire, boolean toServer, Wire.Fault fault)
      implements Simulation.Weather {
    @Override
    public Wire.Fault toServer(int number) {
      return toServer && number == wire ? fault : Wire.Fault.NONE;
    }

    @Override
    public Wire.Fault toClient(int number) {
      return !toServer && number == wire ? fault : secondWireNeeded(number);
    }

    /** A fault of the second wire needs the first one to be lost. */
    private Wire.Fault secondWireNeeded(int number) {
      return wire > 0 && number < wire ? Wire.Fault.cut(600) : Wire.Fault.NONE;
    }

    @Override
    public long goodFrom() {
      return 30 * Timeline.SECOND;
    }

    @Override
    public List<Long> replacements() {
      return List.of();
    }
  }
}
