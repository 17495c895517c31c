package dev.holdfast.ssh;

import java.io.IOException;
import java.util.List;

/** Does things with no more rights than an account has. Thread-safe. */
public interface UserRights {
  /**
   * Something short that opens or makes a file or socket. It starts no thread and no process: those
   * would keep the rights.
   */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }

  /**
   * Runs {@code action} as {@code user}, on a thread of its own, and waits for it.
   *
   * @param mask permissions that files made by it do not get (umask(2))
   * @throws IOException if the action fails, or if this process can't take on the user's rights
   */
  <T> T as(User user, int mask, Action<T> action) throws IOException;

  /** The same for what makes no files. */
  default <T> T as(User user, Action<T> action) throws IOException {
    return as(user, 0077, action);
  }

  /**
   * A command line that runs {@code program} as {@code user} and with none of this process's
   * rights.
   *
   * @throws IOException if this process can't
   */
  List<String> command(User user, List<String> program) throws IOException;
}
