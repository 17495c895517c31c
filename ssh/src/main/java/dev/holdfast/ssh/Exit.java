package dev.holdfast.ssh;

/** How a remote command ended. */
public sealed interface Exit {
  /**
   * It exited (RFC 4254 6.10).
   *
   * @param code 0 if all is well
   */
  record Status(int code) implements Exit {}

  /**
   * It was killed.
   *
   * @param name of the signal, without SIG
   */
  record Signal(String name) implements Exit {}

  /** The server does not run it. */
  record Refused() implements Exit {}

  /** The connection, or the channel, ended without a word about it. */
  record Unknown() implements Exit {}
}
