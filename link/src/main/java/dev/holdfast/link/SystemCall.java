package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;

import java.lang.invoke.MethodHandle;

/** Calls of Linux for which the C library has no function, by number (syscall(2)), and prctl(2). */
final class SystemCall {
  private static final MethodHandle SYSCALL =
      Linux.variadic("syscall", 1, LONG, LONG, LONG, LONG, LONG, LONG);
  private static final MethodHandle PRCTL =
      Linux.variadic("prctl", 1, INT, INT, LONG, LONG, LONG, LONG);

  private SystemCall() {}

  /** The call {@code number}. */
  static long of(long number, long first, long second, long third) throws SystemCallException {
    return Linux.call(
        "system call " + number,
        state -> (long) SYSCALL.invokeExact(state, number, first, second, third, 0L));
  }

  /** Sets something of this thread. */
  static void prctl(int what, long first, long second) throws SystemCallException {
    Linux.call("prctl", state -> (int) PRCTL.invokeExact(state, what, first, second, 0L, 0L));
  }
}
