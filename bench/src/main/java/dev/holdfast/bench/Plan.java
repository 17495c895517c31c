package dev.holdfast.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param roundTrips the delays, each there and back
 * @param repetitions of each speed, after one that is dropped
 * @param bytes moved in each direction by one transfer
 * @param tripsNear 1-byte round trips of one repetition without delay
 * @param tripsFar the same with delay
 * @param cuts resets and silent deaths of a link
 * @param silences of the whole network
 * @param idle connections held at the same time
 * @param rest between the end of bulk and looking at memory again
 * @param windowBytes of TCP on a way with delay
 */
record Plan(
    List<Duration> roundTrips,
    int repetitions,
    long bytes,
    int tripsNear,
    int tripsFar,
    int cuts,
    List<Duration> silences,
    int idle,
    Duration rest,
    long windowBytes) {

  static final Plan FULL =
      new Plan(
          List.of(Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(150)),
          10,
          4L << 30,
          20_000,
          50,
          30,
          List.of(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30)),
          10_000,
          Duration.ofSeconds(60),
          DelayRelay.WINDOW_BYTES);

  static final Plan SHORT =
      new Plan(
          List.of(Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(150)),
          3,
          1L << 30,
          10_000,
          10,
          5,
          List.of(Duration.ofSeconds(2)),
          500,
          Duration.ofSeconds(5),
          DelayRelay.WINDOW_BYTES);

  Plan {
    roundTrips = List.copyOf(roundTrips);
    silences = List.copyOf(silences);
  }

  Plan withRoundTrips(List<Duration> others) {
    return new Plan(
        others, repetitions, bytes, tripsNear, tripsFar, cuts, silences, idle, rest, windowBytes);
  }

  Plan withRepetitions(int others) {
    return new Plan(
        roundTrips, others, bytes, tripsNear, tripsFar, cuts, silences, idle, rest, windowBytes);
  }

  Plan withIdle(int others) {
    return new Plan(
        roundTrips,
        repetitions,
        bytes,
        tripsNear,
        tripsFar,
        cuts,
        silences,
        others,
        rest,
        windowBytes);
  }

  Plan withWindow(long others) {
    return new Plan(
        roundTrips, repetitions, bytes, tripsNear, tripsFar, cuts, silences, idle, rest, others);
  }
}
