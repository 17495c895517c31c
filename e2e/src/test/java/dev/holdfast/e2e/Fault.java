package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What happens to the network, or to the gate, while work is under way. */
enum Fault {
  /** Every lane is reset two hundred times, at bytes drawn from a seed. */
  TWO_HUNDRED_RESETS {
    private static final int RESETS = 200;

    @Override
    Course open() {
      return new RelayCourse();
    }

    @Override
    void happen(Course course, List<Work> works) {
      List<CuttingRelay> relays = relays(course);
      for (int lane = 0; lane < relays.size(); lane++) {
        long meanGap = works.get(lane).expectedBytes() / (RESETS + RESETS / 4);
        relays.get(lane).cut(CutPlan.of(lane, RESETS, meanGap));
      }
      await(
          works,
          () -> "200 resets in every lane: " + resets(relays),
          () -> relays.stream().allMatch(relay -> relay.resets() >= RESETS));
    }

    private static List<Long> resets(List<CuttingRelay> relays) {
      return relays.stream().map(CuttingRelay::resets).toList();
    }
  },

  /**
   * The network stalls; then forgets connections and refuses new ones; then says nothing for long.
   */
  SILENCE {
    private static final Duration SHORT = Duration.ofSeconds(2);

    @Override
    Course open() {
      return new RelayCourse();
    }

    @Override
    void happen(Course course, List<Work> works) {
      slowDown(course, works);
      silence(course, works, 0.2, Silence.STALLED, SHORT);
      silence(course, works, 0.4, Silence.REFUSING, SHORT);
      silence(course, works, 0.6, Silence.FORGOTTEN, Effort.SILENCE);
    }

    private void silence(
        Course course, List<Work> works, double progress, Silence how, Duration length) {
      awaitProgress(works, progress);
      relays(course).forEach(relay -> relay.fallSilent(how));
      LockSupport.parkNanos(length.toNanos());
      relays(course).forEach(CuttingRelay::heal);
    }
  },

  /** The gate is upgraded ten times. */
  TEN_UPGRADES {
    private static final int UPGRADES = 10;

    @Override
    Course open() {
      return new RelayCourse();
    }

    @Override
    void happen(Course course, List<Work> works) {
      slowDown(course, works);
      for (int i = 1; i <= UPGRADES; i++) {
        awaitProgress(works, (double) i / (UPGRADES + 2));
        course.gate().upgrade();
      }
    }
  },

  /** The client gets another public address, another private one, and both. */
  NEW_ADDRESSES {
    @Override
    Course open() {
      return new WanCourse();
    }

    @Override
    void happen(Course course, List<Work> works) {
      slowDown(course, works);
      Wan wan = ((WanCourse) course).wan();
      awaitProgress(works, 0.2);
      wan.tell("roam 198.51.100.2");
      awaitProgress(works, 0.4);
      wan.tell("readdr 10.77.1.3/24");
      awaitProgress(works, 0.6);
      wan.tell("roam 203.0.113.1; readdr 10.77.1.4/24");
    }
  },

  /** One bit in every few hundred thousand bytes arrives inverted, in both directions. */
  FLIPPED_BITS {
    private static final long FLIPS_IN_ALL = 24;

    // The opening of a connection is left whole, as a line damaged there is another protocol.
    private static final long SPARED = 2_000;

    @Override
    Course open() {
      return new RelayCourse();
    }

    @Override
    void happen(Course course, List<Work> works) {
      List<CuttingRelay> relays = relays(course);
      for (int lane = 0; lane < relays.size(); lane++) {
        long every = works.get(lane).expectedBytes() / FLIPS_IN_ALL;
        for (Direction direction : Direction.values()) {
          relays.get(lane).damage(direction, lane, every, SPARED);
        }
      }
      await(
          works,
          () -> "five damaged bits in every lane",
          () -> relays.stream().allMatch(relay -> relay.damagedBits() >= 5));
    }
  };

  /** Makes the network that this can happen in. */
  abstract Course open();

  /** Does it, while the works go on; returns when it is over and they may come to their end. */
  abstract void happen(Course course, List<Work> works);

  private static List<CuttingRelay> relays(Course course) {
    return ((RelayCourse) course).relays();
  }

  private static void slowDown(Course course, List<Work> works) {
    long most = works.stream().mapToLong(Work::expectedBytes).max().orElseThrow();
    course.slowDown(most / Effort.BULK_LASTS.toSeconds());
  }

  private static void awaitProgress(List<Work> works, double progress) {
    await(
        works,
        () -> progress + " of all works: " + works.stream().map(Work::progress).toList(),
        () -> works.stream().allMatch(work -> work.progress() >= progress));
    assertThat(works).as("work still under way").anyMatch(work -> work.progress() < 1);
  }

  private static void await(List<Work> works, Supplier<String> what, BooleanSupplier condition) {
    Await.until(
        what,
        Effort.DEADLINE,
        () -> {
          works.forEach(Work::assertUnbroken);
          return condition.getAsBoolean();
        });
  }
}
