package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file with a secret in it, which nobody but its owner may read. */
final class SecretFile {
  static final int MOST_BYTES = 4_096;

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private SecretFile() {}

  /**
   * What is in it.
   *
   * @param key of the configuration that names it
   * @throws IOException with a sentence
   */
  static String read(Path file, String key) throws IOException {
    if (!Files.isReadable(file) || Files.size(file) > MOST_BYTES) {
      throw new IOException(
          "The file %s of %s can't be read, or is no secret.".formatted(file, key));
    }
    Set<PosixFilePermission> open = Files.getPosixFilePermissions(file);
    if (open.stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          "The file %s has a secret in it and may be read by others: chmod 600 %s"
              .formatted(file, file));
    }
    return Files.readString(file).strip();
  }
}
