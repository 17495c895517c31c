package dev.holdfast.client;

import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files of the user's anew so that each is, at any moment, the old one or the new one. */
final class FileReplacement {
  private FileReplacement() {}

  /** Writes a file, which keeps its permissions; one that was not there is the user's alone. */
  static void write(Path target, byte[] bytes) throws IOException {
    Path directory = target.toAbsolutePath().getParent();
    if (directory != null && !Files.exists(directory)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Set<PosixFilePermission> permissions =
        Files.exists(target) ? Files.getPosixFilePermissions(target) : WholeFile.OWN;
    WholeFile.replace(target, bytes, permissions);
  }
}
