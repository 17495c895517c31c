package dev.holdfast.link;

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
 * The calls of Linux's C library that {@link Netlink} makes, by the Foreign Function API: each
 * returns what the call does, or throws with the error's number. Linked when first used. Confined
 * to one thread, as the arena is.
 */
final class NetlinkCalls {
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENOBUFS = 105;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout POINTER = ValueLayout.ADDRESS;
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET = call("socket", INT, INT, INT, INT);
  private static final MethodHandle BIND = call("bind", INT, INT, POINTER, INT);
  private static final MethodHandle POLL = call("poll", INT, POINTER, LONG, INT);
  private static final MethodHandle RECV = call("recv", LONG, INT, POINTER, LONG, INT);
  private static final MethodHandle CLOSE = call("close", INT, INT);
  private static final MethodHandle TIMERFD_CREATE = call("timerfd_create", INT, INT, INT);
  private static final MethodHandle TIMERFD_SETTIME =
      call("timerfd_settime", INT, INT, INT, POINTER, POINTER);
  private static final MethodHandle READ = call("read", LONG, INT, POINTER, LONG);

  private final MemorySegment state;

  NetlinkCalls(Arena arena) {
    state = arena.allocate(CALL_STATE);
  }

  /** A call that failed, with the number of its error. */
  static final class CallFailed extends IOException {
    private static final long serialVersionUID = 1;

    final int errno;

    CallFailed(String call, int errno) {
      super(call + " failed with error " + errno);
      this.errno = errno;
    }
  }

  int socket(int domain, int type, int protocol) throws IOException {
    try {
      return (int) checked("socket", (int) SOCKET.invokeExact(state, domain, type, protocol));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  void bind(int fd, MemorySegment address) throws IOException {
    try {
      checked("bind", (int) BIND.invokeExact(state, fd, address, (int) address.byteSize()));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** {@code fds} is an array of {@code struct pollfd}; returns how many are ready. */
  int poll(MemorySegment fds, int count, int timeoutMillis) throws IOException {
    try {
      return (int) checked("poll", (int) POLL.invokeExact(state, fds, (long) count, timeoutMillis));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  long recv(int fd, MemorySegment into, int flags) throws IOException {
    try {
      return checked("recv", (long) RECV.invokeExact(state, fd, into, into.byteSize(), flags));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  long read(int fd, MemorySegment into) throws IOException {
    try {
      return checked("read", (long) READ.invokeExact(state, fd, into, into.byteSize()));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  int timerfdCreate(int clock, int flags) throws IOException {
    try {
      return (int) checked("timerfd_create", (int) TIMERFD_CREATE.invokeExact(state, clock, flags));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  void timerfdSettime(int fd, MemorySegment spec) throws IOException {
    try {
      checked(
          "timerfd_settime",
          (int) TIMERFD_SETTIME.invokeExact(state, fd, 0, spec, MemorySegment.NULL));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  void close(int fd) throws IOException {
    try {
      checked("close", (int) CLOSE.invokeExact(state, fd));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private long checked(String call, long result) throws CallFailed {
    if (result < 0) {
      throw new CallFailed(call, (int) ERRNO.get(state, 0L));
    }
    return result;
  }

  /**
   * {@code invokeExact} declares Throwable; what comes is a failed call or a programmer's error.
   */
  private static IOException rethrown(Throwable e) {
    return switch (e) {
      case IOException failed -> failed;
      case RuntimeException wrong -> throw wrong;
      case Error wrong -> throw wrong;
      default -> throw new AssertionError(e);
    };
  }

  @SuppressWarnings("restricted")
  private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }
}
