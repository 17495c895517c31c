package dev.holdfast.ssh;

import static dev.holdfast.ssh.LibC.INT;
import static dev.holdfast.ssh.LibC.LONG;
import static dev.holdfast.ssh.LibC.POINTER;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that decides who may log in as somebody: read as that user, and believed only if nobody
 * else can have written it (sshd_config(5), StrictModes).
 */
final class UserFile {
  /** Bytes of the largest file that is read. */
  static final int MOST_BYTES = 8 << 20;

  private static final int O_NOFOLLOW_GENERIC = 0x20000;
  private static final int O_NOFOLLOW_ARM = 0x8000;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC = 0x7ff;
  private static final int STATX_BYTES = 256;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFREG = 0x8000;

  /** Written by group or others. */
  private static final int OTHERS_WRITE = 0022;

  private static final MethodHandle OPEN = LibC.variadic("open", 2, INT, POINTER, INT);
  private static final MethodHandle STATX =
      LibC.function("statx", INT, INT, POINTER, INT, INT, POINTER);
  private static final MethodHandle READ = LibC.function("read", LONG, INT, POINTER, LONG);
  private static final MethodHandle CLOSE = LibC.function("close", INT, INT);

  private UserFile() {}

  /**
   * Reads {@code file}; called with the user's rights.
   *
   * @param strict whether owners and modes are checked, of the file and of the directories above it
   *     up to the user's home
   * @throws IOException if it can't be read or is not to be believed; the message says which
   */
  static byte[] read(User user, Path file, boolean strict) throws IOException {
    Path real = file.toRealPath();
    if (strict) {
      checkDirectories(user, real);
    }
    int number = open(real);
    try {
      checkFile(user, number, strict);
      return readAll(number);
    } finally {
      close(number);
    }
  }

  private static void checkDirectories(User user, Path file) throws IOException {
    Path home = home(user);
    for (Path directory = file.getParent(); directory != null; directory = directory.getParent()) {
      int owner = (int) Files.getAttribute(directory, "unix:uid");
      int mode = (int) Files.getAttribute(directory, "unix:mode");
      check(user, owner, mode, "a directory above it");
      if (directory.equals(home)) {
        return;
      }
    }
  }

  private static Path home(User user) {
    try {
      return Path.of(user.home()).toRealPath();
    } catch (IOException e) {
      // Then the check goes up to the root.
      return Path.of(user.home());
    }
  }

  private static int open(Path file) throws IOException {
    int flags = O_CLOEXEC | O_NONBLOCK | noFollow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      return (int) LibC.call("opening a file", state -> (int) OPEN.invokeExact(state, path, flags));
    }
  }

  private static int noFollow() {
    return System.getProperty("os.arch").equals("aarch64") ? O_NOFOLLOW_ARM : O_NOFOLLOW_GENERIC;
  }

  private static void checkFile(User user, int number, boolean strict) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment facts = arena.allocate(STATX_BYTES, 8);
      MemorySegment empty = arena.allocateFrom("");
      LibC.call(
          "looking at a file",
          state ->
              (int) STATX.invokeExact(state, number, empty, AT_EMPTY_PATH, STATX_BASIC, facts));
      int mode = facts.get(ValueLayout.JAVA_SHORT, 28) & 0xffff;
      if ((mode & S_IFMT) != S_IFREG) {
        throw new IOException("it is not a regular file");
      }
      if (strict) {
        check(user, facts.get(INT, 20), mode, "it");
      }
      if (facts.get(LONG, 40) > MOST_BYTES) {
        throw new IOException("it is larger than " + MOST_BYTES + " bytes");
      }
    }
  }

  private static void check(User user, int owner, int mode, String what) throws IOException {
    if ((owner != 0 && owner != user.uid()) || (mode & OTHERS_WRITE) != 0) {
      throw new IOException(
          what + " belongs to somebody else, or others may write to it (StrictModes)");
    }
  }

  private static byte[] readAll(int number) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(64 * 1024);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (all.size() <= MOST_BYTES) {
        long count =
            LibC.call(
                "reading a file",
                state -> (long) READ.invokeExact(state, number, bytes, bytes.byteSize()));
        if (count == 0) {
          return all.toByteArray();
        }
        all.write(bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      }
      throw new IOException("it is larger than " + MOST_BYTES + " bytes");
    }
  }

  private static void close(int number) throws IOException {
    LibC.call("closing a file", state -> Math.max(0, (int) CLOSE.invokeExact(state, number)));
  }
}
