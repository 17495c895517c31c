package dev.holdfast.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits in tests: for a condition, with a deadline. */
final class Eventually {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(2);

  private Eventually() {}

  /** Waits until it holds. */
  static void holds(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK)
        .atMost(DEADLINE)
        .until(condition);
  }

  /** Waits until there is one and returns it. */
  static <T> T present(String what, Callable<Optional<T>> found) {
    return Awaitility.await(what)
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK)
        .atMost(DEADLINE)
        .until(found, Optional::isPresent)
        .orElseThrow();
  }
}
