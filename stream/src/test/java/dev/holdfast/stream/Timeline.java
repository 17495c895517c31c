package dev.holdfast.stream;

import java.util.PriorityQueue;

/** Simulated time: what is to happen, in order. */
final class Timeline {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;

  private final PriorityQueue<Happening> ahead = new PriorityQueue<>();
  private long now;
  private long count;

  private record Happening(long at, long number, Runnable what) implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      int order = Long.compare(at, other.at);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  long now() {
    return now;
  }

  /** How many things have been planned so far. */
  long count() {
    return count;
  }

  void at(long time, Runnable what) {
    ahead.add(new Happening(Math.max(time, now), count++, what));
  }

  void after(long nanos, Runnable what) {
    at(now + nanos, what);
  }

  /** Lets the next thing happen; false if nothing is planned. */
  boolean step() {
    Happening next = ahead.poll();
    if (next == null) {
      return false;
    }
    now = next.at;
    next.what.run();
    return true;
  }
}
