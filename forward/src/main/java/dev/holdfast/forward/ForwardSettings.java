package dev.holdfast.forward;

import java.time.Duration;

/**
 * How sessions are kept.
 *
 * @param quiet after so long without a byte a session is proved before it is used
 * @param idle after so long without a connection a session is ended
 * @param dead so long without an answer to a question, with somebody waiting, and a session is
 *     given up
 * @param primed whether each session runs {@code true} once: a server before OpenSSH 10.1 then
 *     sends at once what it would hold back (Nagle's algorithm), which saves a round trip for each
 *     connection
 */
public record ForwardSettings(Duration quiet, Duration idle, Duration dead, boolean primed) {
  public ForwardSettings {
    if (!quiet.isPositive() || !idle.isPositive() || !dead.isPositive()) {
      throw new IllegalArgumentException("quiet " + quiet + ", idle " + idle + ", dead " + dead);
    }
  }

  /** The usual settings. */
  public static ForwardSettings usual() {
    return new ForwardSettings(
        Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofSeconds(4), true);
  }
}
