package dev.holdfast.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The terminal that this process belongs to, if any. */
final class Terminal {
  private static final int POLL_MILLIS = 60_000;
  private static final short POLLERR = 0x8;
  private static final short POLLHUP = 0x10;

  /** Where {@code struct pollfd} has what happened: {@code int fd; short events, revents}. */
  private static final long REVENTS = 6;

  private Terminal() {}

  /** What a program's output goes to. */
  enum Sink {
    /** A terminal: somebody sees it. */
    TERMINAL,
    /** A file, to be read later. */
    FILE,
    /** A pipe or socket: another program reads it, who knows what for. */
    PROGRAM
  }

  /** What standard error goes to. */
  static Sink standardError() {
    if (is(2)) {
      return Sink.TERMINAL;
    }
    return Files.isRegularFile(Path.of("/dev/fd/2")) ? Sink.FILE : Sink.PROGRAM;
  }

  /** Whether somebody sits there: standard input comes from a terminal, and output goes to one. */
  static boolean isInteractive() {
    return is(0) && is(1);
  }

  /** Whether standard output goes to one. */
  static boolean isOutput() {
    return is(1);
  }

  /** Whether a descriptor is a terminal: isatty(3). Where that can't be asked, it is not. */
  @SuppressWarnings("restricted")
  private static boolean is(int descriptor) {
    try {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor shape = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      MethodHandle isatty =
          linker.downcallHandle(linker.defaultLookup().find("isatty").orElseThrow(), shape);
      return (int) isatty.invokeExact(descriptor) == 1;
    } catch (Throwable e) {
      return false;
    }
  }

  /**
   * Waits until the other end of a pipe or socket is closed: poll(2) for nothing but errors. False
   * if that can't be asked.
   */
  @SuppressWarnings("restricted")
  static boolean awaitClosed(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      MethodHandle poll =
          linker.downcallHandle(
              linker.defaultLookup().find("poll").orElseThrow(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_INT));
      MemorySegment wanted = arena.allocateFrom(ValueLayout.JAVA_INT, descriptor, 0);
      while ((int) poll.invokeExact(wanted, 1L, POLL_MILLIS) == 0) {
        // Not yet. A signal or an error ends it, and the reason is the same: ask no more.
      }
      return (wanted.get(ValueLayout.JAVA_SHORT, REVENTS) & (POLLERR | POLLHUP)) != 0;
    } catch (Throwable e) {
      return false;
    }
  }

  /** Sends control sequences to the terminal, past any redirection; tells whether one took them. */
  static boolean control(String sequences) {
    String kind = System.getenv("TERM");
    if (kind == null || kind.isEmpty() || kind.equals("dumb")) {
      return false;
    }
    try (FileOutputStream terminal = new FileOutputStream("/dev/tty")) {
      terminal.write(sequences.getBytes(StandardCharsets.US_ASCII));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
