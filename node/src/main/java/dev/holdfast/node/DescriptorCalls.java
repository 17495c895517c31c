package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import dev.holdfast.link.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Reads and writes of descriptors that never wait (O_NONBLOCK), straight from and to arrays.
 * Confined to one thread at a time.
 */
final class DescriptorCalls {
  /** Returned by {@link #read} at the end of what there is to read. */
  static final int END = -1;

  /** Returned by {@link #write} when nobody reads any more. */
  static final int BROKEN = -1;

  private static final int EIO = 5;
  private static final int EPIPE = 32;

  private static final MethodHandle READ = Linux.quickFunction("read", LONG, INT, POINTER, LONG);
  private static final MethodHandle WRITE = Linux.quickFunction("write", LONG, INT, POINTER, LONG);

  private final MemorySegment state = Linux.callState(Arena.ofAuto());

  /**
   * Reads what is there.
   *
   * @return how many bytes, 0 if there are none now, {@link #END} if there will be none: a pipe
   *     without writers, a pty without processes
   */
  int read(int descriptor, byte[] target, int offset, int length) throws IOException {
    long count = raw(READ, descriptor, target, offset, length);
    if (count > 0) {
      return (int) count;
    }
    if (count == 0) {
      return END;
    }
    return switch (Linux.errno(state)) {
      case Linux.EAGAIN, Linux.EINTR -> 0;
      case EIO -> END;
      default -> throw failure("read");
    };
  }

  /**
   * Writes what fits.
   *
   * @return how many bytes, 0 if none fit now, {@link #BROKEN} if none ever will
   */
  int write(int descriptor, byte[] source, int offset, int length) throws IOException {
    long count = raw(WRITE, descriptor, source, offset, length);
    if (count >= 0) {
      return (int) count;
    }
    return switch (Linux.errno(state)) {
      case Linux.EAGAIN, Linux.EINTR -> 0;
      case EPIPE, EIO -> BROKEN;
      default -> throw failure("write");
    };
  }

  private long raw(MethodHandle call, int descriptor, byte[] bytes, int offset, int length) {
    try {
      MemorySegment segment = MemorySegment.ofArray(bytes).asSlice(offset, length);
      return (long) call.invokeExact(state, descriptor, segment, (long) length);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("read or write", e);
    }
  }

  private SystemCallException failure(String name) {
    int errno = Linux.errno(state);
    return new SystemCallException(name, errno, Linux.errorText(errno));
  }
}
