package dev.holdfast.forward;

import java.time.Duration;

/**
 * The moment until which something is waited for.
 *
 * @param nanos by {@link System#nanoTime}
 */
public record Deadline(long nanos) {
  /** So long from now. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** So long from now, if that is sooner. */
  Deadline orIn(Duration time) {
    return leftNanos() < time.toNanos() ? this : in(time);
  }

  /** What is left; negative when it is over. */
  public long leftNanos() {
    return nanos - System.nanoTime();
  }

  public boolean isOver() {
    return leftNanos() <= 0;
  }
}
