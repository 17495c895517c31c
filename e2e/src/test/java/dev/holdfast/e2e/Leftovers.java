package dev.holdfast.e2e;

import java.time.Duration;
import java.util.List;

/** What the tests started, directly or not, and what should be gone by now. */
final class Leftovers {
  private Leftovers() {}

  /** Waits until none is left; kills and names them once the deadline has passed. */
  static void end(Duration deadline) {
    try {
      Await.until(
          () -> "the end of " + LastWill.heirs().stream().map(LastWill::describe).toList(),
          deadline,
          () -> LastWill.heirs().isEmpty());
    } finally {
      List<ProcessHandle> left = LastWill.heirs();
      left.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
