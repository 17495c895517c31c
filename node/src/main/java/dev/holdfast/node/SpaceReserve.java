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
import java.nio.file.Path;

/** Room on a disk that a file has before it needs it: fallocate(2) behind the file's end. */
final class SpaceReserve {
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_CLOEXEC = 0x80000;
  private static final int OWN_FILE = 0600;
  private static final int KEEP_SIZE = 1;
  private static final int EOPNOTSUPP = 95;

  private static final MethodHandle OPEN = Linux.variadic("open", 2, INT, POINTER, INT, INT);
  private static final MethodHandle FALLOCATE =
      Linux.function("fallocate", INT, INT, INT, LONG, LONG);
  private static final MethodHandle TRUNCATE = Linux.function("truncate", INT, POINTER, LONG);

  private SpaceReserve() {}

  /**
   * Makes an empty file that can take so many bytes; where the file system can't promise that, it
   * is just made.
   */
  static void make(Path file, long bytes) throws IOException {
    int descriptor;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
      descriptor =
          (int) Linux.call("open", state -> (int) OPEN.invokeExact(state, path, flags, OWN_FILE));
    }
    try {
      Linux.call(
          "fallocate",
          state -> (int) FALLOCATE.invokeExact(state, descriptor, KEEP_SIZE, 0L, bytes));
    } catch (SystemCallException e) {
      if (e.errno() != EOPNOTSUPP) {
        throw e;
      }
    } finally {
      Descriptors.close(descriptor);
    }
  }

  /** Cuts the file to a size, and gives back what was reserved behind it. */
  static void cut(Path file, long size) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      Linux.call("truncate", state -> (int) TRUNCATE.invokeExact(state, path, size));
    }
  }
}
