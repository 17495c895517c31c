package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

/**
 * What processes have used, read from Linux' {@code /proc} (proc(5)), each with its descendants.
 *
 * @param cpuSeconds user and system time, of descendants that have ended too
 * @param rssKib resident memory, pages shared between processes counted in each
 * @param pssKib resident memory, shared pages divided among those that share them
 */
record Usage(double cpuSeconds, long rssKib, long pssKib) {
  private static final double TICKS_PER_SECOND = 100;
  private static final int UTIME = 11;
  private static final int CSTIME = 14;

  static final Usage NONE = new Usage(0, 0, 0);

  /** Returns what a process and all below it use now. */
  static Usage of(long pid) throws IOException {
    Usage sum = NONE;
    for (long each : family(pid)) {
      sum = sum.plus(alone(each));
    }
    return sum;
  }

  /** Returns the CPU time alone, which costs less to read. */
  static double cpuSeconds(long pid) throws IOException {
    double sum = 0;
    for (long each : family(pid)) {
      try {
        sum += cpuOf(Files.readString(proc(each, "stat")));
      } catch (IOException e) {
        if (each == pid || Files.exists(proc(each, "stat"))) {
          throw e;
        }
        // It has ended meanwhile; its parent counts it now.
      }
    }
    return sum;
  }

  /** Returns the proportional memory of a process and all below it that run another program. */
  static long pssKib(long pid, String program) throws IOException {
    long sum = 0;
    for (long each : family(pid)) {
      if (!Files.readString(proc(each, "comm")).strip().equals(program)) {
        sum += kibOf(Files.readAllLines(proc(each, "smaps_rollup")), "Pss:");
      }
    }
    return sum;
  }

  /** Returns the seconds in a line of {@code /proc/PID/stat}, whatever the program's name holds. */
  static double cpuOf(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
    long ticks = 0;
    for (int i = UTIME; i <= CSTIME; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Returns the KiB of one line, such as {@code Pss:}, of {@code /proc/PID/smaps_rollup}. */
  static long kibOf(List<String> rollup, String name) {
    for (String line : rollup) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length(), line.length() - 2).strip());
      }
    }
    throw new IllegalArgumentException("no " + name + " in " + rollup);
  }

  private Usage plus(Usage other) {
    return new Usage(cpuSeconds + other.cpuSeconds, rssKib + other.rssKib, pssKib + other.pssKib);
  }

  private static Usage alone(long pid) throws IOException {
    List<String> rollup = Files.readAllLines(proc(pid, "smaps_rollup"));
    return new Usage(
        cpuOf(Files.readString(proc(pid, "stat"))), kibOf(rollup, "Rss:"), kibOf(rollup, "Pss:"));
  }

  private static List<Long> family(long pid) {
    Stream<ProcessHandle> below =
        ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants);
    return Stream.concat(Stream.of(pid), below.map(ProcessHandle::pid)).toList();
  }

  private static java.nio.file.Path proc(long pid, String file) {
    return java.nio.file.Path.of("/proc", Long.toString(pid), file);
  }
}
