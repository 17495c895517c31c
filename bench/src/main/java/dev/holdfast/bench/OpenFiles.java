package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/**
 * The limit on a process' open files: what it is, and how a child gets more where that is allowed.
 */
final class OpenFiles {
  /** What a process of ours has open apart from connections: jars, pipes, selectors. */
  private static final long OWN = 256;

  private OpenFiles() {}

  /**
   * Returns the command, changed if need be, so that it runs with room for so many connections.
   * Root raises the limit with prlimit(1); for anybody else too low a limit is an error with
   * advice.
   */
  static List<String> allow(int sockets, List<String> command) throws IOException {
    long needed = sockets + OWN;
    java.nio.file.Path self = java.nio.file.Path.of("/proc/self");
    long hard = hardLimit(Files.readAllLines(self.resolve("limits")));
    if (needed <= hard) {
      return command;
    }
    if (!Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"))) {
      throw new IOException(
          "%d open files are needed and %d are allowed: raise the hard limit (ulimit -Hn), or hold"
                  .formatted(needed, hard)
              + " fewer connections with --idle.");
    }
    var raised = Stream.of("prlimit", "--nofile=" + needed + ":" + needed);
    return Stream.concat(raised, command.stream()).toList();
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
}
