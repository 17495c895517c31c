package dev.holdfast.link;

import java.lang.foreign.AddressLayout;
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
import java.util.Set;

/**
 * The C library of Linux, by the Foreign Function API: finds its functions and calls them so that
 * {@code errno} stays readable. Constants and layouts used with it are those of the architectures
 * in {@link #ARCHITECTURES}. Thread-safe.
 */
public final class Linux {
  public static final int EINTR = 4;
  static final int EBADF = 9;
  public static final int EAGAIN = 11;

  public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  public static final AddressLayout POINTER = ValueLayout.ADDRESS;

  /** Where the numbers of the kernel's generic headers hold: asm-generic/socket.h and friends. */
  static final Set<String> ARCHITECTURES = Set.of("amd64", "aarch64", "riscv64");

  /** How often a call that a signal interrupted is made again before its error is told. */
  static final int INTERRUPTIONS_MOST = 100;

  /** Longest text of an error that is read; the C library's are far shorter. */
  private static final int ERROR_TEXT_BYTES = 256;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

  private Linux() {}

  /**
   * One call of a function; gets the place where {@code errno} is kept, returns what it returns.
   */
  public interface Call {
    long make(MemorySegment state) throws Throwable;
  }

  /** Says that this host can't do {@code what} unless it is a Linux that this class knows. */
  public static void require(String what) throws UnsupportedHostException {
    require(what, System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static void require(String what, String system, String architecture)
      throws UnsupportedHostException {
    if (!system.equals("Linux") || !ARCHITECTURES.contains(architecture)) {
      throw new UnsupportedHostException(
          "%s works on Linux only (amd64, aarch64, riscv64); this is %s on %s."
              .formatted(what, system, architecture));
    }
  }

  /**
   * Makes a call until no signal interrupts it.
   *
   * @param name of the function, for the error's text
   * @return what the function returned, 0 or more
   * @throws SystemCallException if it returned a negative number
   */
  public static long call(String name, Call call) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int interruptions = 0;
      while (true) {
        long result = call.make(state);
        if (result >= 0) {
          return result;
        }
        int errno = (int) ERRNO.get(state, 0L);
        if (errno != EINTR || ++interruptions > INTERRUPTIONS_MOST) {
          throw new SystemCallException(name, errno, errorText(errno));
        }
      }
    } catch (SystemCallException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(name, e);
    }
  }

  /** A function of the C library whose first argument is the state that {@link #call} gives. */
  public static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return link(
        name, FunctionDescriptor.of(result, parameters), Linker.Option.captureCallState("errno"));
  }

  /**
   * Like {@link #function}, of a function declared with {@code ...} after {@code fixed} arguments.
   */
  public static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... parameters) {
    return link(
        name,
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  /** Room for the state that a function gets whose calls are too many for {@link #call}. */
  public static MemorySegment callState(Arena arena) {
    return arena.allocate(CALL_STATE);
  }

  /** The error of the last call that got {@code state} and failed. */
  public static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /**
   * Like {@link #function}, of one that never waits, for calls on a data path: pointers may be
   * arrays of the heap, which nothing moves meanwhile.
   */
  public static MethodHandle quickFunction(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return link(
        name,
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"),
        Linker.Option.critical(true));
  }

  /** What the C library calls an error, such as "Permission denied". */
  @SuppressWarnings("restricted")
  public static String errorText(int errno) {
    try {
      MemorySegment text = (MemorySegment) ErrorText.STRERROR.invokeExact(errno);
      return text.reinterpret(ERROR_TEXT_BYTES).getString(0);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("strerror", e);
    }
  }

  /** Linked when the first error is told, not at the start. */
  private static final class ErrorText {
    static final MethodHandle STRERROR = link("strerror", FunctionDescriptor.of(POINTER, INT));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }
}
