package dev.holdfast.ssh;

import java.util.Optional;

/** The connection of somebody who has logged in, for whoever let him in. Thread-safe. */
public interface Entrant {
  /**
   * Ends it and tells the client why (RFC 4253 11.1); the stream below ends with it, so that the
   * client does not come back by itself. Returns at once; does nothing if it has ended.
   *
   * @param sentence for the person
   */
  void end(String sentence);

  /** What he signed to log in, if he did so by a key. */
  default Optional<SignedLogin> signed() {
    return Optional.empty();
  }

  /** Whether it has ended, or is ending. */
  boolean isOver();
}
