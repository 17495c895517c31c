package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process of the JVM holds at one moment; the measure of leaks.
 *
 * @param descriptors that are open
 * @param threads of the kernel's
 * @param children processes, ended ones counted as long as nobody has waited for them
 * @param ptys open masters
 * @param liveBytes of the heap, after a collection
 */
record Vitals(int descriptors, int threads, int children, int ptys, long liveBytes) {
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final Duration COLLECTED = Duration.ofSeconds(60);

  static Vitals of(Program program) {
    Path process = Path.of("/proc", Long.toString(program.pid()));
    return new Vitals(
        list(process.resolve("fd")).size(),
        list(process.resolve("task")).size(),
        children(program.pid()),
        ptys(process),
        liveBytes(program.pid()));
  }

  /** Resident memory in bytes. */
  static long resident(Program program) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + program.pid() + "/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int children(long pid) {
    return (int)
        list(Path.of("/proc")).stream()
            .filter(process -> process.getFileName().toString().matches("\\d+"))
            .filter(process -> isChild(process, pid))
            .count();
  }

  /** proc(5): the fourth field of stat, behind the name, which may have anything in it. */
  private static boolean isChild(Path process, long parent) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[1].equals("" + parent);
    } catch (IOException e) {
      return false; // It has just ended.
    }
  }

  private static int ptys(Path process) {
    return (int)
        list(process.resolve("fd")).stream()
            .filter(descriptor -> {
              try {
                return Files.readSymbolicLink(descriptor).toString().contains("ptmx");
              } catch (IOException e) {
                return false; // Closed meanwhile.
              }
            })
            .count();
  }

  private static long liveBytes(long pid) {
    String[] total =
        Command.of(JCMD.toString(), Long.toString(pid), "GC.class_histogram")
            .run(COLLECTED)
            .ok()
            .output()
            .lines()
            .filter(line -> line.startsWith("Total"))
            .findFirst()
            .orElseThrow()
            .split("\\s+", -1);
    return Long.parseLong(total[2]);
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
