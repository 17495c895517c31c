package dev.holdfast.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/**
 * The limit on a process' open files: how many connections fit below it, and how a child gets more
 * where that is allowed.
 */
final class OpenFiles {
  /** What a process of ours has open apart from connections: jars, pipes, selectors. */
  private static final int OWN = 256;

  private static final java.nio.file.Path LIMITS = java.nio.file.Path.of("/proc/self/limits");

  private OpenFiles() {}

  /** Returns the command, changed if need be, so that it runs with room for so many sockets. */
  static List<String> allow(int sockets, List<String> command) throws IOException {
    long needed = (long) sockets + OWN;
    if (needed <= hardLimit(Files.readAllLines(LIMITS))) {
      return command;
    }
    return Stream.concat(raise(needed).stream(), command.stream()).toList();
  }

  /**
   * Returns how many of the wanted sockets fit into one process: all, if the limit is high enough
   * or this user may raise it.
   */
  static int fitting(int wanted) throws IOException {
    long needed = (long) wanted + OWN;
    long limit = hardLimit(Files.readAllLines(LIMITS));
    if (needed <= limit || mayRaise(needed)) {
      return wanted;
    }
    return (int) Math.max(limit - OWN, 0);
  }

  /** Returns the hard limit that the lines of {@code /proc/PID/limits} give. */
  static long hardLimit(List<String> limits) {
    for (String line : limits) {
      if (line.startsWith("Max open files")) {
        String hard = line.strip().split(" {2,}", -1)[2];
        return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
      }
    }
    throw new IllegalArgumentException("no limit on open files in " + limits);
  }

  private static boolean mayRaise(long limit) throws IOException {
    List<String> trial = Stream.concat(raise(limit).stream(), Stream.of("true")).toList();
    Process process =
        new ProcessBuilder(trial).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while trying to raise a limit");
    }
  }

  private static List<String> raise(long limit) {
    return List.of("prlimit", "--nofile=" + limit + ":" + limit);
  }
}
