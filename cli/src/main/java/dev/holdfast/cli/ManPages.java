package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code holdfast man-pages DIR}: writes a man page for each command; packages are built with it.
 */
@Command(
    name = "man-pages",
    hidden = true,
    description = "Write the man pages into a directory.",
    mixinStandardHelpOptions = true)
final class ManPages implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The directory, made if it is missing.")
  private Path directory;

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(directory);
    write(spec.root().commandLine());
    return 0;
  }

  private void write(CommandLine command) throws IOException {
    Path file = directory.resolve(ManPage.fileName(command));
    Files.writeString(file, ManPage.text(command, Version.number()));
    for (CommandLine sub : ManPage.visibleBelow(command)) {
      write(sub);
    }
  }
}
