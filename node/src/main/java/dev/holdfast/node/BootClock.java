package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.LongSupplier;

/**
 * The time since the machine was started, suspends of it included (CLOCK_BOOTTIME,
 * clock_gettime(2)): System.nanoTime stands still in a suspend, and a lease that was valid before
 * would seem to be after it. Thread-safe.
 */
final class BootClock implements LongSupplier {
  private static final int CLOCK_BOOTTIME = 7;
  private static final long NANOS = 1_000_000_000;
  private static final MethodHandle CLOCK_GETTIME =
      Linux.quickFunction("clock_gettime", INT, INT, POINTER);

  /** Only its errno is used, and only to tell of what never happens: threads may share it. */
  private static final MemorySegment STATE = Linux.callState(Arena.global());

  @Override
  public long getAsLong() {
    // struct timespec: seconds and nanoseconds.
    long[] time = new long[2];
    try {
      int result =
          (int) CLOCK_GETTIME.invokeExact(STATE, CLOCK_BOOTTIME, MemorySegment.ofArray(time));
      if (result != 0) {
        throw new IllegalStateException("clock_gettime: " + Linux.errorText(Linux.errno(STATE)));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("clock_gettime throws nothing", e);
    }
    return time[0] * NANOS + time[1];
  }
}
