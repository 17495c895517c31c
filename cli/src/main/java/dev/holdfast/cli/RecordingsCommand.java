package dev.holdfast.cli;

import picocli.CommandLine.Command;

/** {@code holdfast recordings}: what there is of recordings, beside playing them. */
@Command(
    name = "recordings",
    description = "List, check and convert recordings of sessions.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RecordingsLs.class,
      RecordingsVerify.class,
      RecordingsExport.class,
      RecordingsKeygen.class
    })
final class RecordingsCommand {
  private RecordingsCommand() {}
}
