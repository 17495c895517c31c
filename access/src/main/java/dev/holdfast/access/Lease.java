package dev.holdfast.access;

import java.time.Instant;

/**
 * One of a user's SSH connections, as the cluster counts it.
 *
 * @param id of the connection, given by the machine that has it, and to no other one ever
 * @param user of the cluster's
 * @param machine that has the connection, by its id
 * @param machineName the same, as people call it
 * @param login the account
 * @param from the address that the client came from
 * @param taken when, by the clock of the store; told to people and compared with nothing
 * @param detached whether its stream is without a link and waits for its client
 * @param ending whether somebody had it ended, and its machine has not done so yet
 */
public record Lease(
    String id,
    String user,
    String machine,
    String machineName,
    String login,
    String from,
    Instant taken,
    boolean detached,
    boolean ending) {
  /** Characters of a connection's or an epoch's id. */
  static final int MOST_ID = 64;

  /** Whether a connection or an epoch may have that id. */
  static String id(String id) {
    if (!id.matches("[A-Za-z0-9_-]{16," + MOST_ID + "}")) {
      throw new InvalidRecordException(
          "The id of a connection is 16 to %d letters, digits, '_' and '-'.".formatted(MOST_ID));
    }
    return id;
  }
}
