package dev.holdfast.e2e;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Waiting for a condition, never for a time. Every wait has a deadline and says what it waited for.
 */
final class Await {
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);

  private Await() {}

  /** A condition that may itself have to ask the world. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  /**
   * Returns as soon as the condition holds; fails with {@code what} once the deadline has passed.
   */
  static void until(String what, Duration deadline, Condition condition) {
    until(() -> what, deadline, condition);
  }

  /** As above; the description is made when the wait has failed, so that it can quote logs. */
  static void until(Supplier<String> what, Duration deadline, Condition condition) {
    long start = System.nanoTime();
    while (!holds(condition)) {
      if (System.nanoTime() - start > deadline.toNanos()) {
        throw new AssertionError("waited " + deadline.toMillis() + " ms in vain for " + what.get());
      }
      if (Thread.interrupted()) {
        throw new AssertionError("interrupted while waiting for " + what.get());
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }

  private static boolean holds(Condition condition) {
    try {
      return condition.holds();
    } catch (Exception e) {
      throw new AssertionError("the condition itself failed: " + e, e);
    }
  }
}
