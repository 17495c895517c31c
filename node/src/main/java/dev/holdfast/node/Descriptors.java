package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Makes and closes descriptors; all of them close at an exec. Thread-safe. */
final class Descriptors {
  /** Descriptors below are given meanings in a new process; none of ours may be one of them. */
  static final int FIRST_FREE = 10;

  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_SETFL = 4;
  private static final int F_GETFL = 3;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int MFD_CLOEXEC = 1;

  private static final MethodHandle CLOSE = Linux.function("close", INT, INT);
  private static final MethodHandle PIPE2 = Linux.function("pipe2", INT, POINTER, INT);
  private static final MethodHandle FCNTL = Linux.variadic("fcntl", 2, INT, INT, INT, INT);
  private static final MethodHandle MEMFD_CREATE =
      Linux.function("memfd_create", INT, POINTER, INT);
  private static final MethodHandle WRITE = Linux.function("write", LONG, INT, POINTER, LONG);

  private Descriptors() {}

  /**
   * The two ends of a pipe. Both wait unless told otherwise by {@link #setNonBlocking}.
   *
   * @param reading the end that reads
   * @param writing the end that writes
   */
  record Pipe(int reading, int writing) {
    /**
     * A new pipe.
     *
     * @param bytes that it holds, as far as this user may have it
     */
    static Pipe open(int bytes) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment ends = arena.allocate(INT, 2);
        Linux.call("pipe2", state -> (int) PIPE2.invokeExact(state, ends, O_CLOEXEC));
        int reading = above(ends.getAtIndex(INT, 0));
        int writing = above(ends.getAtIndex(INT, 1));
        try {
          fcntl(writing, F_SETPIPE_SZ, bytes);
        } catch (IOException e) {
          // The user has many pipes; this one is of the system's usual size.
        }
        return new Pipe(reading, writing);
      }
    }
  }

  static void close(int descriptor) {
    try {
      Linux.call("close", state -> (int) CLOSE.invokeExact(state, descriptor));
    } catch (IOException e) {
      // Linux has closed it all the same, close(2).
    }
  }

  static void setNonBlocking(int descriptor) throws IOException {
    int flags = fcntl(descriptor, F_GETFL, 0);
    fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  }

  static int duplicate(int descriptor) throws IOException {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_FREE);
  }

  /** An anonymous file with {@code bytes} in it, memfd_create(2). */
  static int file(String name, byte[] bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment named = arena.allocateFrom(name);
      int file =
          above(
              (int)
                  Linux.call(
                      "memfd_create",
                      state -> (int) MEMFD_CREATE.invokeExact(state, named, MFD_CLOEXEC)));
      MemorySegment content = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes);
      for (long at = 0; at < bytes.length; ) {
        MemorySegment rest = content.asSlice(at);
        at +=
            Linux.call(
                "write", state -> (long) WRITE.invokeExact(state, file, rest, rest.byteSize()));
      }
      return file;
    }
  }

  /** The same as {@code descriptor}, which is closed if its number is too small. */
  static int above(int descriptor) throws IOException {
    if (descriptor >= FIRST_FREE) {
      return descriptor;
    }
    int higher = duplicate(descriptor);
    close(descriptor);
    return higher;
  }

  private static int fcntl(int descriptor, int command, int argument) throws IOException {
    return (int)
        Linux.call("fcntl", state -> (int) FCNTL.invokeExact(state, descriptor, command, argument));
  }
}
