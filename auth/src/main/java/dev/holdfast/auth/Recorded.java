package dev.holdfast.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A recording as the list has it.
 *
 * @param id 32 small hexadecimal digits
 * @param node the id of the node that made it
 * @param user of the cluster; empty if there is none
 * @param login the account
 * @param session what the session is called in audit events; may be empty
 * @param ended nothing while it goes on
 * @param bytes of the parts that are stored
 * @param hold why it may not be removed; nothing if it may
 */
public record Recorded(
    String id,
    String node,
    String nodeName,
    String user,
    String login,
    String session,
    Instant started,
    Optional<Instant> ended,
    long bytes,
    long parts,
    State state,
    Optional<String> hold) {
  /** How far a recording is. */
  public enum State {
    /** Parts come. */
    OPEN,
    /** Its node said that it was the last part. */
    COMPLETE,
    /** Its node was not heard of for long: the end is missing. If it comes back, it goes on. */
    CUT,
    /** Being removed. */
    DELETING
  }
}
