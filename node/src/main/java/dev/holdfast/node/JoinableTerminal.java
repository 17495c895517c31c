package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.terminal.Size;
import java.io.IOException;

/** The terminal of a live session that somebody wants to join, wherever on this node it is. */
interface JoinableTerminal {
  /**
   * Whose session it is.
   *
   * @param user of the cluster
   * @param account that it runs as
   * @param policy by which it is recorded
   */
  record Owner(String user, String account, RecordingPolicy policy) {}

  Owner owner();

  /** Whether another guest may come. */
  boolean hasPlace();

  /**
   * Somebody's terminal, which is a guest once it begins.
   *
   * @throws IOException if the session can't be reached any more
   */
  ServedSession guest(String user, ClientEnd end, AttachMode mode, Size window) throws IOException;
}
