package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;

import java.lang.invoke.MethodHandle;

/** The calls of Linux on any descriptor: close(2) and fcntl(2). Linked when first used. */
final class DescriptorCalls {
  private static final int F_GETFD = 1;
  private static final int F_SETFD = 2;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int FD_CLOEXEC = 1;

  /** Copies get a number from here on: never one of the standard streams, should one be closed. */
  private static final int LOWEST_COPY = 3;

  private static final MethodHandle CLOSE = Linux.function("close", INT, INT);
  private static final MethodHandle FCNTL = Linux.variadic("fcntl", 2, INT, INT, INT, INT);

  private DescriptorCalls() {}

  /** Closes; whatever close(2) reports, the number is free afterwards, so it is never repeated. */
  static void close(int number) {
    try {
      Linux.call("close", state -> Math.max(0, (int) CLOSE.invokeExact(state, number)));
    } catch (SystemCallException e) {
      throw new AssertionError(e);
    }
  }

  /** A second number for what {@code number} stands for; closed in programs that we start. */
  static int copy(int number) throws SystemCallException {
    return fcntl(number, F_DUPFD_CLOEXEC, LOWEST_COPY);
  }

  /** Makes sure that programs that we start don't get the descriptor. */
  static void closeOnExec(int number) throws SystemCallException {
    fcntl(number, F_SETFD, fcntl(number, F_GETFD, 0) | FD_CLOEXEC);
  }

  private static int fcntl(int number, int command, int argument) throws SystemCallException {
    return (int)
        Linux.call("fcntl", state -> (int) FCNTL.invokeExact(state, number, command, argument));
  }
}
