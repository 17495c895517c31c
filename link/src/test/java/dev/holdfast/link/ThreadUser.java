package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;

import java.lang.invoke.MethodHandle;

/**
 * Another user for one thread only: the system call itself, as the C library's changes all threads.
 */
final class ThreadUser {
  private static final MethodHandle SYSCALL =
      Linux.variadic("syscall", 1, LONG, LONG, INT, INT, INT);

  private ThreadUser() {}

  /**
   * Makes {@code user} the effective user of this thread, which has to be root's and should end.
   */
  static void become(int user) throws SystemCallException {
    long setresuid = System.getProperty("os.arch").equals("amd64") ? 117 : 147;
    Linux.call("setresuid", state -> (long) SYSCALL.invokeExact(state, setresuid, -1, user, -1));
  }
}
