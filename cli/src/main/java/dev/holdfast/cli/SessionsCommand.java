package dev.holdfast.cli;

import dev.holdfast.node.AttachProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast sessions}: the named sessions of this machine's node. */
@Command(
    name = "sessions",
    description = "List, attach to and end the named sessions of this machine's node.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {SessionsCommand.Ls.class, AttachCommand.class, SessionsCommand.Kill.class})
final class SessionsCommand {
  private SessionsCommand() {}

  /** The list. */
  @Command(
      name = "ls",
      description = "List your sessions, or everybody's if you are root.",
      mixinStandardHelpOptions = true)
  static final class Ls implements Callable<Integer> {
    /** How it is written. */
    enum Format {
      TABLE,
      JSON,
      NAMES
    }

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "table, json or names; table unless given.")
    private Format format;

    @Override
    public Integer call() throws IOException {
      String word = format.name().toLowerCase(Locale.ROOT);
      AttachProgram.become(List.of("sessions", "ls", "--format", word));
      return Failures.USAGE;
    }
  }

  /** The end of one. */
  @Command(
      name = "kill",
      description = "End a session: its program is hung up on, and its clients are told.",
      mixinStandardHelpOptions = true)
  static final class Kill implements Callable<Integer> {
    @Option(names = "--user", paramLabel = "USER", description = "Whose session; for root.")
    private @Nullable String user;

    @Parameters(paramLabel = "NAME", description = "The session.")
    private String name;

    @Override
    public Integer call() throws IOException {
      List<String> words = new ArrayList<>(List.of("sessions", "kill", name));
      if (user != null) {
        words.addAll(List.of("--user", user));
      }
      AttachProgram.become(words);
      return Failures.USAGE;
    }
  }
}
