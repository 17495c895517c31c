package dev.holdfast.client;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits for one of the user's connections to end where he has as many as he may have: tries again
 * and again, a while. Confined to its caller.
 */
final class Patience {
  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long MOST_PAUSE_MILLIS = 4_000;

  private final Prompts prompts;
  private final Duration most;

  /**
   * A patience.
   *
   * @param most how long; zero for not at all
   */
  Patience(Prompts prompts, Duration most) {
    this.prompts = prompts;
    this.most = most;
  }

  /** Reaches a server. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  /** Tries until there is room, or the time is over; then the last failure is the answer. */
  <T> T have(Attempt<T> attempt, Runnable leave) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    for (int i = 0; ; i++) {
      try {
        return attempt.run();
      } catch (NoRoomException e) {
        long left = most.minusNanos(System.nanoTime() - begun).toMillis();
        if (left <= 0) {
          throw e;
        }
        leave.run();
        if (i == 0) {
          prompts.tell("%s Waiting for up to %ds.".formatted(e.getMessage(), most.toSeconds()));
        }
        Thread.sleep(Math.min(left, pauseMillis(i)));
      }
    }
  }

  private static long pauseMillis(int attempt) {
    long most = Math.min(FIRST_PAUSE_MILLIS << Math.min(attempt, 8), MOST_PAUSE_MILLIS);
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }
}
