package dev.holdfast.access;

/** Something that those who serve connections act upon at once. */
public sealed interface Change {
  /** A lock began; what it hits is ended, with its sentence. */
  record Locked(Lock lock) implements Change {}

  /** A lock ended. */
  record Unlocked(String id) implements Change {}

  /** A user or his roles are not as they were: what he does is decided anew. */
  record UserChanged(String user) implements Change {}

  /** A machine has left the cluster. */
  record NodeRemoved(String id, String name) implements Change {}

  /** The authorities that are believed are others. */
  record AuthoritiesChanged() implements Change {}

  /**
   * Somebody wants a session to end; its node ends it.
   *
   * @param session as audit events call it
   * @param sentence for its client
   */
  record SessionEnding(String session, String sentence) implements Change {}

  /** The keys that sign tickets are others; proxies fetch them. */
  record TicketKeysChanged() implements Change {}

  /** What happened meanwhile is not known: all that is open is decided anew. */
  record Missed() implements Change {}
}
