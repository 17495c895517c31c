package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The directory of this JVM for keys, sockets, logs and copied files. It lies in /tmp, because the
 * path of a UNIX socket has at most 107 bytes, and is removed when the JVM has ended ({@link
 * LastWill}).
 */
final class Scratch {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  static final Path ROOT = make(Path.of("/tmp", "hfe-" + ProcessHandle.current().pid()));

  private static final AtomicInteger COUNT = new AtomicInteger();

  private Scratch() {}

  /** A new, empty directory that only this user may enter. */
  static Path directory(String name) {
    return make(ROOT.resolve(name + "-" + COUNT.incrementAndGet()));
  }

  /** What children see as HOME, so that no program reads or writes the developer's files. */
  static Path home() {
    return make(ROOT.resolve("home"));
  }

  private static Path make(Path directory) {
    try {
      return Files.createDirectories(directory, PRIVATE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
