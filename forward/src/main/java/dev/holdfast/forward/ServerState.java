package dev.holdfast.forward;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How it stands with a server, at one moment.
 *
 * @param phase whether there is a session
 * @param roundTrip as last measured; nothing without a session
 * @param trouble the last one, until a session was made
 */
public record ServerState(Phase phase, Optional<Duration> roundTrip, Optional<Trouble> trouble) {
  /** Whether there is a session. */
  public enum Phase {
    /** None, and none is being made: nobody needs one. */
    IDLE,
    /** One is being made. */
    CONNECTING,
    /** There is one, heard of lately. */
    CONNECTED,
    /** There is one that may be dead; it is proved before it is used. */
    SUSPECT;

    /** In a word. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
