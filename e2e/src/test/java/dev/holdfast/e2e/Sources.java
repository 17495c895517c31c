package dev.holdfast.e2e;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this module's files lie, whichever directory the tests were started from. */
final class Sources {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "."));

  private Sources() {}

  /** A file of {@code src/test/KIND}. */
  static Path file(String kind, String name) {
    return there(MODULE.resolve("src/test").resolve(kind).resolve(name));
  }

  /** A file in the root of the repository. */
  static Path root(String name) {
    return there(MODULE.resolve("..").resolve(name));
  }

  private static Path there(Path path) {
    Path file = path.toAbsolutePath().normalize();
    if (!Files.exists(file)) {
      throw new IllegalStateException("no " + file + "; start the tests in the directory of e2e");
    }
    return file;
  }

  /** A file to be built, in the directory that {@code clean} removes. */
  static Path built(String name) {
    return MODULE.resolve("target").resolve(name).toAbsolutePath();
  }
}
