package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * CLOCK_MONOTONIC of Linux (clock_gettime(2)), which processes share: nanoTime promises no such.
 */
final class MonotonicClock {
  private static final int CLOCK_MONOTONIC = 1;

  private static final MethodHandle CLOCK_GETTIME =
      Linux.function("clock_gettime", INT, INT, POINTER);

  private MonotonicClock() {}

  /** Microseconds since some time before this machine's start. */
  static long micros() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(LONG, 2);
      Linux.call(
          "clock_gettime", state -> (int) CLOCK_GETTIME.invokeExact(state, CLOCK_MONOTONIC, time));
      return time.get(LONG, 0) * 1_000_000 + time.get(LONG, Long.BYTES) / 1000;
    }
  }
}
