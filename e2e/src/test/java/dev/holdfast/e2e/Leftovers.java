package dev.holdfast.e2e;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the tests started, directly or not, and what should be gone by now. */
final class Leftovers {
  /** So long a {@code connect} tries to tell a server that it leaves, which may be dead. */
  private static final Duration GOODBYE = Duration.ofMinutes(2);

  private Leftovers() {}

  /**
   * Waits until none is left but those; kills and names the others once the deadline has passed,
   * and the time for goodbyes.
   */
  static void end(Duration deadline, Program... expected) {
    Set<Long> spared = Arrays.stream(expected).map(Program::pid).collect(Collectors.toSet());
    try {
      Await.until(
          () -> "the end of " + left(spared).stream().map(LastWill::describe).toList(),
          deadline.plus(GOODBYE),
          () -> left(spared).isEmpty());
    } finally {
      left(spared).forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static List<ProcessHandle> left(Set<Long> spared) {
    return LastWill.heirs().stream().filter(process -> !spared.contains(process.pid())).toList();
  }
}
