package dev.holdfast.e2e;

import java.nio.file.Path;
import java.util.List;

/**
 * The way that work takes through a bad network to a gate, its sshd and a web server. Each piece of
 * work has a lane of its own, so that what happens to one is not spared another. Confined to one
 * test.
 */
sealed interface Course extends AutoCloseable permits RelayCourse, WanCourse {
  /** OpenSSH's clients on the next free lane, by {@code holdfast connect}. */
  Ssh nextLane();

  /** A web server beside sshd. */
  Web serve(Path directory);

  Gate gate();

  Sshd sshd();

  /** Bounds what every lane carries, so that work lasts long enough to be disturbed. */
  void slowDown(long bytesPerSecond);

  @Override
  void close();

  /** Ends them in that order. */
  static void closeAll(List<? extends AutoCloseable> parts) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
