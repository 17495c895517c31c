package dev.holdfast.link;

import org.jspecify.annotations.Nullable;

/** What a gate is in front of: a TCP server, or a server in this very process. */
public sealed interface Behind permits Destination, Behind.InProcess {
  /**
   * Takes connections in this process, without a socket.
   *
   * @param greeting the line with its end that the server says first, whoever comes: it is said to
   *     a client that waits for it, which costs nothing else before the client speaks; empty if it
   *     is not known
   * @param entrance what else is taken in at the gate's port; null if nothing
   */
  record InProcess(Acceptor acceptor, String greeting, @Nullable Entrance entrance)
      implements Behind {
    /** Takes nothing in but streams and plain clients. */
    public InProcess(Acceptor acceptor, String greeting) {
      this(acceptor, greeting, null);
    }

    /** The same of a server that does not begin with a line of its own. */
    public InProcess(Acceptor acceptor) {
      this(acceptor, "", null);
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
