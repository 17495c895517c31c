package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The command under test, as an executable file that other programs can name. By default it runs
 * the classes of this build; {@code -Dholdfast.command=/path} puts an installed one in its place.
 */
final class Holdfast {
  static final Path EXECUTABLE = executable();

  private Holdfast() {}

  /** Whether links may be cut: not with the stand-ins. */
  static boolean resumes() {
    return Main.IS_THERE;
  }

  static Command command(String... arguments) {
    return Command.of(EXECUTABLE.toString()).plus(arguments);
  }

  /**
   * What is written behind ProxyCommand; host and port in the manner of the program that reads it.
   */
  static String proxyCommand(String host, String port) {
    return EXECUTABLE + " connect " + host + " " + port;
  }

  private static Path executable() {
    String installed = System.getProperty("holdfast.command");
    return installed != null ? Path.of(installed) : write(Main.IS_THERE ? Main.SCRIPT : STAND_INS);
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

  private static final String STAND_INS =
      """
      #!/bin/sh
      case $1 in
        gate) exec socat "TCP-LISTEN:${3##*:},bind=${3%:*},fork,reuseaddr" "TCP:$5" ;;
        connect) exec nc "$2" "$3" ;;
      esac
      """;

  private static final class Main {
    static final String NAME = "dev.holdfast.cli.Main";
    static final boolean IS_THERE = isThere();
    static final String SCRIPT =
        """
        #!/bin/sh
        exec '%s/bin/java' '@%s' -cp '%s' %s "$@"
        """
            .formatted(
                System.getProperty("java.home"),
                Sources.root("jvm.options"),
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                NAME);

    private static boolean isThere() {
      try {
        Class.forName(NAME, false, Holdfast.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException e) {
        return false;
      }
    }
  }
}
