package dev.holdfast.ssh;

import java.io.IOException;

/**
 * Decides what somebody may do on a connection who has proved who he is, before he is told so and
 * before anything that he asked for is looked at. Thread-safe.
 */
@FunctionalInterface
public interface Entrances {
  /** Everybody may do what his key and the server's settings say. */
  Entrances OPEN = (login, entrant) -> new Entry.Admitted(Terms.FREE, () -> {});

  /** What is decided. */
  sealed interface Entry {
    /**
     * He comes in.
     *
     * @param terms on which
     * @param ended run once when the connection has ended for good
     */
    record Admitted(Terms terms, Runnable ended) implements Entry {}

    /**
     * He does not.
     *
     * @param sentence that he is told
     */
    record Refused(String sentence) implements Entry {}
  }

  /**
   * Somebody has logged in. May wait, on a virtual thread: the connection is not read meanwhile,
   * and ends when the time to log in is over (LoginGraceTime).
   *
   * @param login as he proved himself
   * @param entrant his connection, for later
   * @throws IOException if nobody can decide; then he does not come in and is told the message
   */
  Entry enter(Login login, Entrant entrant) throws IOException;
}
