package dev.holdfast.auth;

import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * The native library of SQLite's driver, unpacked once for each version. Left to itself the driver
 * unpacks one for each process into the directory for temporary files, where that of a killed
 * process stays for ever, and from where nothing can be loaded if it is mounted {@code noexec}.
 */
final class SqliteLibrary {
  private SqliteLibrary() {}

  /**
   * Has the driver load its library from {@code directory}, into which nobody else may write. Tells
   * nothing to a process that has loaded it already. On a system for which the driver has none, the
   * driver says so later.
   */
  static void keepIn(Path directory) throws IOException {
    String name = LibraryLoaderUtil.getNativeLibName();
    byte[] library;
    try (InputStream packed =
        SQLiteJDBCLoader.class.getResourceAsStream(
            LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
      if (packed == null) {
        return;
      }
      library = packed.readAllBytes();
    }
    Path kept = directory.resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
    Files.createDirectories(
        kept, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = kept.resolve(name);
    if (!Files.exists(file) || !Arrays.equals(library, Files.readAllBytes(file))) {
      WholeFile.replace(file, library, WholeFile.OWN);
    }
    System.setProperty("org.sqlite.lib.path", kept.toString());
    System.setProperty("org.sqlite.lib.name", name);
  }
}
