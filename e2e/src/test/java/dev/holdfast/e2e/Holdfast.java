package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The command under test, as an executable file that other programs can name: the launcher in the
 * root of the repository with what this build has made, or with {@code -Dholdfast.command=/path} an
 * installed one.
 */
final class Holdfast {
  private static final Duration CACHE_MADE = Duration.ofSeconds(60);

  static final Path EXECUTABLE = executable();

  private Holdfast() {}

  static Command command(String... arguments) {
    return Command.of(EXECUTABLE.toString()).plus(arguments);
  }

  /**
   * What is written behind ProxyCommand; host and port in the manner of the program reading it. It
   * says that the server is known, since at a first contact on a busy machine resumption may go
   * unnoticed; {@link FirstContactTest} is about that.
   */
  static String proxyCommand(String host, String port) {
    return EXECUTABLE + " connect --resume v2 " + host + " " + port;
  }

  private static Path executable() {
    String installed = System.getProperty("holdfast.command");
    if (installed != null) {
      return Path.of(installed);
    }
    requireWhatIsBuiltToBeNew();
    Path launcher = write(launch());
    Command.of(launcher.toString(), "--version").run().ok();
    awaitCache();
    return launcher;
  }

  private static String launch() {
    return """
    #!/bin/sh
    HOLDFAST_BUILD=never HOLDFAST_JAVA_HOME='%s'
    export HOLDFAST_BUILD HOLDFAST_JAVA_HOME
    exec '%s' "$@"
    """
        .formatted(System.getProperty("java.home"), Sources.root("holdfast"));
  }

  /**
   * The launcher starts jars; tests of jars that are older than the classes would prove nothing.
   */
  private static void requireWhatIsBuiltToBeNew() {
    FileTime jars = newest(Sources.root("cli/target/lib"));
    for (String module :
        new String[] {
          "stream",
          "link",
          "terminal",
          "access",
          "recording",
          "ssh",
          "client",
          "forward",
          "node",
          "proxy",
          "auth",
          "cli"
        }) {
      if (newest(Sources.root(module + "/target/classes")).compareTo(jars) > 0) {
        throw new IllegalStateException(
            "cli/target/lib is older than the classes of " + module + "; run ./mvnw package");
      }
    }
  }

  private static FileTime newest(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(Holdfast::modified)
          .max(FileTime::compareTo)
          .orElse(FileTime.fromMillis(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The first start after a build makes the AOT cache in the background; tests begin behind that.
   */
  private static void awaitCache() {
    Path directory = Sources.root("cli/target/aot");
    Await.until(
        "the AOT cache, and nobody who makes one",
        CACHE_MADE,
        () -> {
          try (Stream<Path> files = Files.list(directory)) {
            List<String> names = files.map(Path::toString).toList();
            return names.stream().anyMatch(name -> name.endsWith(".aot"))
                && names.stream().noneMatch(name -> name.endsWith(".lock"));
          }
        });
  }

  private static Path write(String script) {
    try {
      Path file = Scratch.directory("bin").resolve("holdfast");
      Files.writeString(file, script);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
