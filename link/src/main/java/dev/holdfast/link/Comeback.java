package dev.holdfast.link;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * How a client takes up its stream over a new connection, in one version of the protocol. Caller
 * holds the stream's lock.
 */
interface Comeback {
  /** What to say first, and what to hear before frames. */
  record Attempt(ByteBuffer first, Opening opening) {}

  /** Begins on a connection that is up; the former link is inert from now on. */
  Attempt begin(Verdict verdict, int leniency, long now);

  /**
   * What the server says to the attempt. Called on the loop with the lock held, at most once an
   * attempt.
   */
  interface Verdict {
    /** The stream goes on; kept without a link it would be for {@code patience}. */
    void accepted(Duration patience);

    /** Not now. */
    void later(String why);

    /** Never. */
    void gone(String why);
  }
}
