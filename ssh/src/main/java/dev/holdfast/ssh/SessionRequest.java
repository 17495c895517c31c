package dev.holdfast.ssh;

/** What a client wants run in a session channel (RFC 4254 6.5). */
public sealed interface SessionRequest {
  /**
   * One command line.
   *
   * @param command as the client wrote it
   */
  record Exec(String command) implements SessionRequest {}

  /** The user's shell. */
  record Shell() implements SessionRequest {}

  /**
   * A predefined program.
   *
   * @param name for example "sftp"
   */
  record Subsystem(String name) implements SessionRequest {}
}
