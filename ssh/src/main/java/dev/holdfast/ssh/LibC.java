package dev.holdfast.ssh;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of Linux that accounts, and the rights of accounts, need; by the Foreign Function API.
 * Thread-safe.
 */
final class LibC {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final int EINTR = 4;

  /** How often a call that a signal interrupted is made again. */
  private static final int INTERRUPTIONS_MOST = 100;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  private LibC() {}

  /** A call that gets the place of {@code errno} and returns what the function returned. */
  interface Call {
    long make(MemorySegment state) throws Throwable;
  }

  /** Whether this is a Linux whose numbers and layouts are known here. */
  static boolean isHere() {
    return System.getProperty("os.name").equals("Linux") && KernelNumbers.isKnown();
  }

  /**
   * Makes a call that returns a negative number if it fails.
   *
   * @param what for the error's text, such as "opening a file"
   */
  static long call(String what, Call call) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      for (int tries = 0; ; tries++) {
        long result = call.make(state);
        if (result >= 0) {
          return result;
        }
        int errno = (int) ERRNO.get(state, 0L);
        if (errno != EINTR || tries == INTERRUPTIONS_MOST) {
          throw new SystemErrorException(what, errno);
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(what, e);
    }
  }

  /** A function whose first argument is the state that {@link #call} gives. */
  static MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
    return link(name, result, parameters, Linker.Option.captureCallState("errno"));
  }

  /** Like {@link #function}, of one declared with {@code ...} after {@code fixed} arguments. */
  static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... parameters) {
    return link(
        name,
        result,
        parameters,
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(
      String name, MemoryLayout result, MemoryLayout[] parameters, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        options);
  }
}
