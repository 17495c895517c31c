package dev.holdfast.ssh;

/**
 * How many bytes the forwarded channels of one connection may be sent ahead, all together: a peer
 * that sends where nobody reads costs so much memory and no more. Thread-safe.
 */
final class WindowBudget {
  /**
   * Bytes of a channel's window while there is room. Twice OpenSSH's, since the peer is told of
   * room only when half of it has been read: then as much is under way on a long line.
   */
  static final int USUAL = 4 << 20;

  /** Bytes of a channel's window when there is none. */
  static final int LEAST = 64 * 1024;

  /** Bytes of all windows that are larger than the least. */
  static final int ROOM = 64 << 20;

  private int given;

  /** The window of one more channel. */
  synchronized int take() {
    if (given + USUAL > ROOM) {
      return LEAST;
    }
    given += USUAL;
    return USUAL;
  }

  /** A channel that had such a window has gone. */
  synchronized void giveBack(int window) {
    if (window == USUAL) {
      given -= USUAL;
    }
  }
}
