package dev.holdfast.access;

/**
 * That a connection still lives.
 *
 * @param detached whether its stream waits for its client
 */
public record LeaseRenewal(String id, boolean detached) {
  public LeaseRenewal {
    Lease.id(id);
  }

  /** What becomes of a lease that is renewed. */
  public enum State {
    /** It is held for its whole time again. */
    HELD,
    /** It is held, but somebody wants the connection to end: that is done, and it is released. */
    ENDING,
    /** It is none any more: the connection ends. */
    GONE
  }
}
