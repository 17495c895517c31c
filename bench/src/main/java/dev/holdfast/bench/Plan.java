package dev.holdfast.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured. <i>Near</i> is without delay, <i>far</i> with one.
 *
 * @param roundTrips the delays, each there and back
 * @param near the amount of each speed without delay
 * @param far the same with delay
 * @param windowBytes of TCP on a way with delay
 * @param cuts resets, and stalls, of a link
 * @param silences of the whole network
 * @param silencesEach how often each of them
 * @param idle connections held at the same time
 * @param rest between the end of bulk and looking at memory again
 * @param ssh how much of each between OpenSSH's client and a server
 */
record Plan(
    List<Duration> roundTrips,
    Amount near,
    Amount far,
    long windowBytes,
    int cuts,
    List<Duration> silences,
    int silencesEach,
    int idle,
    Duration rest,
    Ssh ssh) {

  private static final int REPETITIONS_MAX = 1_000;
  private static final Duration DELAY_MAX = Duration.ofSeconds(2);
  private static final long WINDOW_MIN = 1 << 20;
  private static final long WINDOW_MAX = 256 << 20;

  /** Each end of loopback has 28,000 ports for outgoing connections, and each takes one. */
  private static final int IDLE_MAX = 25_000;

  /**
   * How much of each speed.
   *
   * @param repetitions after one that is dropped
   * @param bytes moved in each direction by one transfer
   * @param trips of one byte, there and back
   */
  record Amount(int repetitions, long bytes, int trips) {
    Amount {
      if (repetitions < 1 || repetitions > REPETITIONS_MAX) {
        throw new IllegalArgumentException("repetitions are 1 to " + REPETITIONS_MAX);
      }
    }

    Amount times(int others) {
      return new Amount(others, bytes, trips);
    }
  }

  /**
   * How much between OpenSSH's client and a server.
   *
   * @param repetitions after one that is dropped
   * @param bytes moved by one transfer
   * @param setUps one after the other, in each repetition
   * @param trips of one byte, there and back
   * @param idle sessions held at the same time
   * @param outages of the whole network that are to be survived
   * @param asleep for how long a client's machine sleeps
   */
  record Ssh(
      int repetitions,
      long bytes,
      int setUps,
      int trips,
      int idle,
      List<Duration> outages,
      Duration asleep) {
    Ssh {
      outages = List.copyOf(outages);
      if (repetitions < 1 || repetitions > REPETITIONS_MAX) {
        throw new IllegalArgumentException("repetitions are 1 to " + REPETITIONS_MAX);
      }
    }

    Ssh times(int others) {
      return new Ssh(others, bytes, setUps, trips, idle, outages, asleep);
    }

    Ssh withIdle(int others) {
      return new Ssh(repetitions, bytes, setUps, trips, others, outages, asleep);
    }
  }

  static final Plan FULL =
      new Plan(
          List.of(Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(150)),
          new Amount(10, 4L << 30, 20_000),
          new Amount(5, 2L << 30, 100),
          DelayRelay.WINDOW_BYTES,
          30,
          List.of(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30)),
          5,
          10_000,
          Duration.ofSeconds(60),
          new Ssh(
              10,
              2L << 30,
              40,
              20_000,
              1_000,
              List.of(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(10)),
              Duration.ofMinutes(3)));

  static final Plan SHORT =
      new Plan(
          List.of(Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(150)),
          new Amount(3, 512L << 20, 10_000),
          new Amount(2, 256L << 20, 5),
          DelayRelay.WINDOW_BYTES,
          3,
          List.of(Duration.ofSeconds(1)),
          1,
          1_000,
          Duration.ofSeconds(5),
          new Ssh(
              3,
              512L << 20,
              10,
              5_000,
              200,
              List.of(Duration.ofSeconds(10), Duration.ofSeconds(60)),
              Duration.ofSeconds(60)));

  Plan {
    roundTrips = List.copyOf(roundTrips);
    silences = List.copyOf(silences);
    if (roundTrips.stream().anyMatch(each -> each.isNegative() || each.compareTo(DELAY_MAX) > 0)) {
      throw new IllegalArgumentException("round trips take 0 to " + DELAY_MAX.toMillis() + " ms");
    }
    if (windowBytes < WINDOW_MIN || windowBytes > WINDOW_MAX) {
      throw new IllegalArgumentException(
          "the window is %d to %d MiB".formatted(WINDOW_MIN >> 20, WINDOW_MAX >> 20));
    }
    if (idle < 1 || idle > IDLE_MAX) {
      throw new IllegalArgumentException("idle connections are 1 to " + IDLE_MAX);
    }
  }

  /** Returns the amount of each speed at a delay. */
  Amount amount(Duration roundTrip) {
    return roundTrip.isZero() ? near : far;
  }

  Plan withRoundTrips(List<Duration> others) {
    return new Plan(others, near, far, windowBytes, cuts, silences, silencesEach, idle, rest, ssh);
  }

  Plan withRepetitions(int others) {
    return new Plan(
        roundTrips,
        near.times(others),
        far.times(others),
        windowBytes,
        cuts,
        silences,
        silencesEach,
        idle,
        rest,
        ssh.times(others));
  }

  Plan withWindow(long bytes) {
    return new Plan(roundTrips, near, far, bytes, cuts, silences, silencesEach, idle, rest, ssh);
  }

  Plan withIdle(int others) {
    return new Plan(
        roundTrips,
        near,
        far,
        windowBytes,
        cuts,
        silences,
        silencesEach,
        others,
        rest,
        ssh.withIdle(others));
  }
}
