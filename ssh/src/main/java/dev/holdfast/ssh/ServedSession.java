package dev.holdfast.ssh;

import java.time.Duration;

/**
 * What serves one session channel: a process, or whatever else stands for one.
 *
 * <p>All but {@link #writable} and {@link #closed} are called on the thread that reads the
 * connection, one after the other; nothing here may wait. Those two come from any thread, also from
 * within a call of {@link ClientEnd}.
 */
public interface ServedSession {
  /** The client has been told that its request succeeded: output may flow. Called once, first. */
  void begin();

  /**
   * Takes bytes of standard input. Those that count against the client's window until {@link
   * ClientEnd#consumed} is told of them, at most {@link ClientEnd#WINDOW} at any time, must be
   * copied.
   *
   * @return how many bytes of these have left for the process already, 0 to {@code length}
   */
  int input(byte[] bytes, int offset, int length);

  /**
   * Whether what is typed is shown: not while a terminal's echo is off (ECHO, termios(3)), nor
   * where that can't be told.
   */
  default boolean echoes() {
    return false;
  }

  /** No input comes after what came (SSH_MSG_CHANNEL_EOF). */
  void inputEnded();

  /** The client's window has another size (RFC 4254 6.7). */
  void resize(WindowSize size);

  /**
   * The client sends a signal (RFC 4254 6.9).
   *
   * @param name without SIG, such as "INT"; also names that no system knows
   */
  void signal(String name);

  /**
   * The client sends a break (RFC 4335).
   *
   * @return whether there is a terminal that takes it
   */
  boolean sendBreak(Duration length);

  /**
   * Puts bytes of the server's own, a line for people, among what the client is shown, as soon as
   * it has room. May be called from any thread.
   *
   * @param spare so many bytes more must have room among what waits
   * @return false if it can't be, now or ever
   */
  default boolean say(byte[] line, int spare) {
    return false;
  }

  /** {@link ClientEnd#write} has room again after it had none. */
  void writable();

  /**
   * The channel is gone, whoever ended it: nothing goes either way any more. Called once, last but
   * for a late {@link #writable}.
   */
  void closed();
}
