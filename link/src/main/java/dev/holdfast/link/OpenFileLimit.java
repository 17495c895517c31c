package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * How many files, sockets included, this process may have open (RLIMIT_NOFILE, getrlimit(2)): each
 * connection of a service takes one. {@code ulimit -n} and {@code LimitNOFILE=} set it.
 *
 * @param soft what holds
 * @param hard up to where a process may raise what holds
 */
public record OpenFileLimit(long soft, long hard) {
  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final int RLIMIT_NOFILE = 7;
  private static final long RLIM_INFINITY = -1;

  private static final MethodHandle GETRLIMIT = Linux.function("getrlimit", INT, INT, POINTER);
  private static final MethodHandle SETRLIMIT = Linux.function("setrlimit", INT, INT, POINTER);

  /** The limit that holds now. */
  public static OpenFileLimit read() throws IOException {
    Linux.require("Reading the limit of open files");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(LONG, 2);
      Linux.call("getrlimit", state -> (int) GETRLIMIT.invokeExact(state, RLIMIT_NOFILE, limit));
      return new OpenFileLimit(number(limit.get(LONG, 0)), number(limit.get(LONG, Long.BYTES)));
    }
  }

  /**
   * Raises the soft limit as far as it goes, at the start of a service; returns what holds then.
   * HotSpot does this by itself unless {@code -XX:-MaxFDLimit} is set; other JVMs don't.
   */
  public static OpenFileLimit raise() throws IOException {
    OpenFileLimit limit = read();
    if (limit.soft < limit.hard) {
      limit = new OpenFileLimit(limit.hard, limit.hard);
      limit.set();
    }
    return limit;
  }

  /** Makes this the limit that holds. */
  void set() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocateFrom(LONG, raw(soft), raw(hard));
      Linux.call("setrlimit", state -> (int) SETRLIMIT.invokeExact(state, RLIMIT_NOFILE, limit));
    }
  }

  private static long number(long raw) {
    return raw == RLIM_INFINITY ? UNLIMITED : raw;
  }

  private static long raw(long number) {
    return number == UNLIMITED ? RLIM_INFINITY : number;
  }
}
