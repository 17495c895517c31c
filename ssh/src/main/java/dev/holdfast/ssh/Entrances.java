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
     * @param stay is told how it goes on
     */
    record Admitted(Terms terms, Stay stay) implements Entry {}

    /**
     * He does not.
     *
     * @param sentence that he is told
     * @param full whether he has as many connections as he may have
     *     (SSH_DISCONNECT_TOO_MANY_CONNECTIONS), so that waiting helps
     */
    record Refused(String sentence, boolean full) implements Entry {
      public Refused(String sentence) {
        this(sentence, false);
      }
    }
  }

  /** That somebody is in, for whoever let him in. Thread-safe. */
  @FunctionalInterface
  interface Stay {
    /** His connection has ended for good; told once. */
    void ended();

    /** Whether what has come from him may be looked at; asked behind each read. */
    default boolean goesOn() {
      return true;
    }

    /**
     * A session was refused him, for his connection has as many as it may have. May not block.
     *
     * @param most how many
     */
    default void sessionRefused(int most) {}
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
