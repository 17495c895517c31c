package dev.holdfast.cli;

import dev.holdfast.client.ProcessEnd;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command {@code holdfast}: one name, and a subcommand for each thing that it does. */
@Command(
    name = Main.NAME,
    description = "SSH that holds: connections that outlive the network below them.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class Main {
  static final String NAME = "holdfast";

  /** Those that picocli describes by their annotations, in the order of the help. */
  private static final List<Class<?>> ANNOTATED =
      List.of(
          Demo.class,
          GateCommand.class,
          ServeCommand.class,
          OpenCommand.class,
          UiCommand.class,
          AttachCommand.class,
          SessionsCommand.class,
          JoinCommand.class,
          PlayCommand.class,
          RecordingsCommand.class,
          DoctorCommand.class,
          LoginCommand.class,
          LogoutCommand.class,
          StatusCommand.class,
          LsCommand.class,
          TopCommand.class,
          SshConfigCommand.class,
          AdminCommand.class,
          Train.class);

  /** Those that tell of all others. */
  private static final List<Class<?>> OF_ALL = List.of(Completion.class, ManPages.class);

  private Main() {}

  /** Runs the command that {@code args} name, and ends the process with its exit status. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals(SshCommand.NAME)) {
      ProcessEnd.now(ssh(List.of(args).subList(1, args.length)));
    }
    if (args.length > 0 && args[0].equals(ForwardCommand.NAME)) {
      System.exit(forward(List.of(args).subList(1, args.length)));
    }
    if (args.length == 1 && args[0].equals(RoomCommand.NAME)) {
      System.exit(RoomCommand.run());
    }
    boolean isConnect = args.length > 0 && args[0].equals("connect");
    CommandLine command =
        isConnect ? connectOnly(StandardStreams.ofProcess()) : commandLine(List.of(args));
    System.exit(command.execute(args));
  }

  private static int ssh(List<String> args) {
    try {
      return new SshCommand(SshCommand.ofProcess()).run(args);
    } catch (InterruptedException | IOException e) {
      return Failures.FAILED;
    }
  }

  private static int forward(List<String> args) {
    try {
      return ForwardCommand.ofProcess().run(args);
    } catch (IOException e) {
      System.err.println("holdfast: " + Failures.oneLine(e));
      return Failures.FAILED;
    } catch (InterruptedException e) {
      return Failures.FAILED;
    }
  }

  /**
   * The command line as far as {@code args} need it: picocli takes long to read the annotations of
   * every command.
   */
  static CommandLine commandLine(List<String> args) {
    if (args.equals(List.of("--version")) || args.equals(List.of("-V"))) {
      return sharing(new CommandLine(new Main()));
    }
    return ANNOTATED.stream()
        .filter(each -> isNamed(each, args))
        .findFirst()
        .map(each -> sharing(new CommandLine(new Main()).addSubcommand(each)))
        .orElseGet(Main::commandLine);
  }

  private static boolean isNamed(Class<?> command, List<String> args) {
    return !args.isEmpty() && command.getAnnotation(Command.class).name().equals(args.getFirst());
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new Main());
    ANNOTATED.forEach(command::addSubcommand);
    OF_ALL.forEach(command::addSubcommand);
    command.addSubcommand(new Connect(StandardStreams.ofProcess()).spec());
    command.addSubcommand(new SshCommand(SshCommand.ofProcess()).spec());
    command.addSubcommand(ForwardCommand.ofProcess().spec());
    return sharing(command);
  }

  /** The command line as far as {@code connect} needs it, which ssh waits for. */
  static CommandLine connectOnly(StandardStreams streams) {
    CommandSpec root = CommandSpec.create().name(NAME);
    root.addSubcommand("connect", new Connect(streams).spec());
    return sharing(new CommandLine(root));
  }

  /** {@code command} with the errors and statuses that all commands share. */
  static CommandLine sharing(CommandLine command) {
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Failures::usage)
        .setExecutionExceptionHandler(Failures::execution);
  }
}
