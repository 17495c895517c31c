package dev.holdfast.node;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import dev.holdfast.link.Linux;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The node's side of a pty, pty(7): a descriptor that does not wait, and the name of the slave. The
 * kernel takes the slave away when this and its copies are closed, and hangs up on what runs there.
 */
final class PtyMaster {
  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final long TIOCSWINSZ = 0x5414;
  private static final long TIOCGPGRP = 0x540f;
  private static final long TCGETS = 0x5401;
  private static final long TIOCGPTPEER = 0x5441;

  /** The kernel's {@code struct termios}: c_iflag, c_oflag, c_cflag, c_lflag, and more. */
  private static final long TERMIOS = 60;

  private static final long LOCAL_FLAGS = 12;
  private static final int ECHO = 0x8;
  private static final int MOST_NAME = 64;

  private static final MethodHandle POSIX_OPENPT = Linux.function("posix_openpt", INT, INT);
  private static final MethodHandle GRANTPT = Linux.function("grantpt", INT, INT);
  private static final MethodHandle UNLOCKPT = Linux.function("unlockpt", INT, INT);
  private static final MethodHandle PTSNAME = Linux.function("ptsname_r", INT, INT, POINTER, LONG);
  private static final MethodHandle TCSENDBREAK = Linux.function("tcsendbreak", INT, INT, INT);
  private static final MethodHandle IOCTL_POINTER =
      Linux.variadic("ioctl", 2, INT, INT, LONG, POINTER);
  private static final MethodHandle IOCTL_NUMBER = Linux.variadic("ioctl", 2, INT, INT, LONG, INT);

  private final int descriptor;
  private final String slaveName;

  private PtyMaster(int descriptor, String slaveName) {
    this.descriptor = descriptor;
    this.slaveName = slaveName;
  }

  static PtyMaster open() throws IOException {
    int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    int master =
        Descriptors.above(
            (int)
                Linux.call("posix_openpt", state -> (int) POSIX_OPENPT.invokeExact(state, flags)));
    try {
      Linux.call("grantpt", state -> (int) GRANTPT.invokeExact(state, master));
      Linux.call("unlockpt", state -> (int) UNLOCKPT.invokeExact(state, master));
      return new PtyMaster(master, slaveName(master));
    } catch (IOException e) {
      Descriptors.close(master);
      throw e;
    }
  }

  private static String slaveName(int master) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(MOST_NAME);
      Linux.call(
          "ptsname_r", state -> -(int) PTSNAME.invokeExact(state, master, name, (long) MOST_NAME));
      return name.getString(0);
    }
  }

  int descriptor() {
    return descriptor;
  }

  /** Such as "/dev/pts/3". */
  String slaveName() {
    return slaveName;
  }

  /** Opens the slave for a new process, whatever is mounted at its name, ioctl_tty(2). */
  int openSlave() throws IOException {
    int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
    return Descriptors.above(
        (int)
            Linux.call(
                "TIOCGPTPEER",
                state -> (int) IOCTL_NUMBER.invokeExact(state, descriptor, TIOCGPTPEER, flags)));
  }

  void resize(WindowSize size) throws IOException {
    resize(descriptor, size);
  }

  /** Gives the terminal of which {@code master} is a descriptor a size. */
  static void resize(int master, WindowSize size) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers =
          arena.allocateFrom(
              ValueLayout.JAVA_SHORT,
              (short) size.rows(),
              (short) size.columns(),
              (short) size.widthPixels(),
              (short) size.heightPixels());
      Linux.call(
          "TIOCSWINSZ",
          state -> (int) IOCTL_POINTER.invokeExact(state, master, TIOCSWINSZ, numbers));
    }
  }

  /** The process group in the foreground; 0 if there is none. */
  int foreground() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment group = arena.allocate(INT);
      Linux.call(
          "TIOCGPGRP",
          state -> (int) IOCTL_POINTER.invokeExact(state, descriptor, TIOCGPGRP, group));
      return Math.max(group.get(INT, 0), 0);
    }
  }

  /** Whether the terminal of which {@code master} is a descriptor echoes: ECHO, termios(3). */
  static boolean echoes(int master) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(TERMIOS, INT.byteAlignment());
      Linux.call(
          "TCGETS", state -> (int) IOCTL_POINTER.invokeExact(state, master, TCGETS, termios));
      return (termios.get(INT, LOCAL_FLAGS) & ECHO) != 0;
    }
  }

  void sendBreak() throws IOException {
    Linux.call("tcsendbreak", state -> (int) TCSENDBREAK.invokeExact(state, descriptor, 0));
  }
}
