package dev.holdfast.client;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The calls of the system that terminals need, by the Foreign Function API. Thread-safe. */
final class TtyCalls {
  /** Bytes that are enough for a {@code struct termios} of any system. */
  static final int TERMIOS_BYTES = 128;

  static final int TCSANOW = 0;
  static final int TCSADRAIN = 1;

  private static final int READ_WRITE = 2;
  private static final long GET_WINDOW_SIZE = isMac() ? 0x40087468L : 0x5413L;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle ISATTY = function("isatty", INT, INT);
  private static final MethodHandle FCNTL = variadic("fcntl", 2, INT, INT, INT, INT);

  /** Of terminals. The link to a function takes long: each group is made when it is used. */
  private static final class OfTerminal {
    static final MethodHandle TCGETATTR = function("tcgetattr", INT, INT, ValueLayout.ADDRESS);
    static final MethodHandle TCSETATTR = function("tcsetattr", INT, INT, INT, ValueLayout.ADDRESS);
    static final MethodHandle CFMAKERAW = procedure("cfmakeraw", ValueLayout.ADDRESS);
    static final MethodHandle IOCTL =
        variadic("ioctl", 2, INT, INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
  }

  /** Of files. */
  private static final class OfFile {
    static final MethodHandle OPEN = variadic("open", 2, INT, ValueLayout.ADDRESS, INT, INT);
    static final MethodHandle CLOSE = function("close", INT, INT);
    static final MethodHandle READ =
        function("read", ValueLayout.JAVA_LONG, INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    static final MethodHandle WRITE =
        function("write", ValueLayout.JAVA_LONG, INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  }

  /** Of processes. */
  private static final class OfProcess {
    static final MethodHandle KILL = function("kill", INT, INT, INT);
    static final MethodHandle SETSID = function("setsid", INT);
    static final MethodHandle EXIT = procedure("_exit", INT);
  }

  private TtyCalls() {}

  static boolean isMac() {
    return System.getProperty("os.name").startsWith("Mac");
  }

  /** Makes the links to what every session calls, for which its first call would have to wait. */
  static void prepare() {
    isTerminal(0);
  }

  /** Something that is done by the system. */
  private interface Call {
    Object make() throws Throwable;
  }

  private static long made(Call call) {
    try {
      return ((Number) call.make()).longValue();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static boolean isTerminal(int descriptor) {
    return made(() -> (int) ISATTY.invokeExact(descriptor)) == 1;
  }

  /** The terminal's modes, a {@code struct termios}; null if it is no terminal. */
  static byte @org.jspecify.annotations.Nullable [] modes(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocate(TERMIOS_BYTES);
      long result = made(() -> (int) OfTerminal.TCGETATTR.invokeExact(descriptor, termios));
      return result == 0 ? termios.toArray(ValueLayout.JAVA_BYTE) : null;
    }
  }

  static void setModes(int descriptor, int when, byte[] modes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocateFrom(ValueLayout.JAVA_BYTE, modes);
      made(() -> (int) OfTerminal.TCSETATTR.invokeExact(descriptor, when, termios));
    }
  }

  /** The modes changed so that every byte comes and goes as it is. */
  static byte[] raw(byte[] modes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment termios = arena.allocateFrom(ValueLayout.JAVA_BYTE, modes);
      made(() -> {
        OfTerminal.CFMAKERAW.invokeExact(termios);
        return 0;
      });
      return termios.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** Rows, columns, width and height in pixels; null if unknown (ioctl_tty(2), TIOCGWINSZ). */
  static short @org.jspecify.annotations.Nullable [] windowSize(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(4 * Short.BYTES);
      long result =
          made(() -> (int) OfTerminal.IOCTL.invokeExact(descriptor, GET_WINDOW_SIZE, size));
      return result == 0 ? size.toArray(ValueLayout.JAVA_SHORT) : null;
    }
  }

  /** Opens a file to read and write; negative if that fails. */
  static int open(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return (int) made(() -> (int) OfFile.OPEN.invokeExact(name, READ_WRITE, 0));
    }
  }

  static void close(int descriptor) {
    made(() -> (int) OfFile.CLOSE.invokeExact(descriptor));
  }

  /** One byte; negative at the end or on an error. */
  static int read(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(1);
      long count = made(() -> (long) OfFile.READ.invokeExact(descriptor, one, 1L));
      return count == 1 ? one.get(ValueLayout.JAVA_BYTE, 0) & 0xff : -1;
    }
  }

  static void write(int descriptor, byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
      made(() -> (long) OfFile.WRITE.invokeExact(descriptor, all, (long) bytes.length));
    }
  }

  /** What fcntl(2) returns for that command with that argument. */
  static int control(int descriptor, int command, int argument) {
    return (int) made(() -> (int) FCNTL.invokeExact(descriptor, command, argument));
  }

  static void kill(int process, int signal) {
    made(() -> (int) OfProcess.KILL.invokeExact(process, signal));
  }

  /** This process has a session of its own from now on, without a terminal (setsid(2)). */
  static void leaveSession() {
    made(() -> (int) OfProcess.SETSID.invokeExact());
  }

  /**
   * Ends this process at once (_exit(2)): nothing is done any more that would be done at its end.
   */
  static void exit(int status) {
    made(() -> {
      OfProcess.EXIT.invokeExact(status);
      return 0;
    });
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return link(name, FunctionDescriptor.of(result, parameters));
  }

  private static MethodHandle procedure(String name, MemoryLayout... parameters) {
    return link(name, FunctionDescriptor.ofVoid(parameters));
  }

  private static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... parameters) {
    return link(
        name, FunctionDescriptor.of(result, parameters), Linker.Option.firstVariadicArg(fixed));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, options);
  }
}
