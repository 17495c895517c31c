package dev.holdfast.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process has open, as /proc tells it. */
final class OpenFiles {
  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;

  /** A number that no test has open. */
  static final int UNUSED = 100_000;

  private OpenFiles() {}

  static int count() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return (int) open.count() - 1; // the listing itself
    }
  }

  /** TCP connections and listeners, ours only. */
  static long sockets() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(OpenFiles::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  static boolean isOpen(int number) {
    return Files.exists(Path.of("/proc/self/fd/" + number), LinkOption.NOFOLLOW_LINKS);
  }

  static boolean isNonBlocking(int number) throws IOException {
    return (flags(number) & O_NONBLOCK) != 0;
  }

  static boolean isClosedOnExec(int number) throws IOException {
    return (flags(number) & O_CLOEXEC) != 0;
  }

  private static int flags(int number) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc/self/fdinfo/" + number)).stream()
            .filter(l -> l.startsWith("flags:"))
            .findFirst()
            .orElseThrow();
    return Integer.parseInt(line.substring("flags:".length()).strip(), 8);
  }
}
