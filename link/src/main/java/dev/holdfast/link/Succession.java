package dev.holdfast.link;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who listens where the server is in the gate's process, so that streams can't move: this process,
 * the one before it, or the one after it. Each may fail without a word, and then the one before it
 * listens again. Thread-safe.
 */
final class Succession {
  private final Listeners listeners;
  private @Nullable Predecessor predecessor;

  /** Of the process that has these listeners. */
  Succession(Listeners listeners) {
    this.listeners = listeners;
  }

  /** They were taken over from that one, which keeps copies. */
  synchronized void after(Predecessor it) {
    predecessor = it;
  }

  /** A copy of a closed listener that the predecessor kept would let clients wait for nobody. */
  void letPredecessorGo() {
    Predecessor it = forgetPredecessor();
    if (it != null) {
      it.letGo();
    }
  }

  private synchronized @Nullable Predecessor forgetPredecessor() {
    Predecessor it = predecessor;
    predecessor = null;
    return it;
  }

  /** Gives the listeners to the process at the other end, which has asked; keeps copies of them. */
  void give(DescriptorSocket to, String hostId) throws IOException, InterruptedException {
    boolean given = false;
    listeners.rest();
    try {
      GateHandover.send(to, hostId, listeners.all(), List.of(), Map.of());
      given = true;
    } finally {
      if (!given) {
        listeners.wake();
      }
    }
    letPredecessorGo();
  }

  /**
   * Waits until the successor needs this process no more to take the listeners back, and closes
   * them; or until it is gone without a word, and listens again. Tells whether it listens again.
   */
  boolean awaitSuccessor(DescriptorSocket successor) throws IOException {
    boolean inOrder = GateHandover.awaitLetGo(successor);
    if (inOrder) {
      listeners.stop();
    } else {
      listeners.wake();
    }
    return !inOrder;
  }

  /** Gives the listeners back to the process that they are from: this one can't go on. */
  void giveBack() {
    listeners.close();
    Predecessor it = forgetPredecessor();
    if (it != null) {
      it.giveBack();
    }
  }
}
