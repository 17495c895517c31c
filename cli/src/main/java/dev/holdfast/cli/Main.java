package dev.holdfast.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code holdfast}: one name, and a subcommand for each thing that it does. */
@Command(
    name = "holdfast",
    description = "SSH that holds: connections that outlive the network below them.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {Connect.class, GateCommand.class, Completion.class, ManPages.class})
final class Main {
  private Main() {}

  /** Runs the command that {@code args} name, and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, with the errors and statuses that all commands share. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }
}
