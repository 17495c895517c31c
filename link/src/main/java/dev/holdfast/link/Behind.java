package dev.holdfast.link;

import org.jspecify.annotations.Nullable;

/** What a gate is in front of: a TCP server, or a server in this very process. */
public sealed interface Behind permits Destination, Behind.InProcess {
  /**
   * Takes connections in this process, without a socket.
   *
   * @param entrance what else is taken in at the gate's port; null if nothing
   */
  record InProcess(Acceptor acceptor, @Nullable Entrance entrance) implements Behind {
    /** Takes nothing in but streams and plain clients. */
    public InProcess(Acceptor acceptor) {
      this(acceptor, null);
    }

    @Override
    public String toString() {
      return "";
    }
  }

  /** A server that takes connections as they are handed to it. */
  interface Acceptor {
    /**
     * Serves {@code connection}; called on a virtual thread of its own, which may block.
     *
     * @param name of the connection in events
     */
    void accept(Duplex connection, String name);
  }
}
