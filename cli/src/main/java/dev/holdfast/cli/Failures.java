package dev.holdfast.cli;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a command says when it cannot do what was asked: one sentence on standard error, and an exit
 * status.
 */
final class Failures {
  /** The arguments were wrong. */
  static final int USAGE = 2;

  /** The world failed; the status that {@code ssh} uses for the same. */
  static final int FAILED = 255;

  private Failures() {}

  /** Wrong arguments: the sentence names the command's {@code --help}. */
  static int usage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    print(command, oneLine(wrong) + " (see " + name + " --help)");
    return USAGE;
  }

  /**
   * The world failed; anything but an {@link IOException} is a defect and keeps its stack trace.
   */
  static int execution(Exception failure, CommandLine command, ParseResult parsed)
      throws Exception {
    if (!(failure instanceof IOException)) {
      throw failure;
    }
    print(command, oneLine(failure));
    return FAILED;
  }

  private static void print(CommandLine command, String sentence) {
    command.getErr().println("holdfast: " + sentence);
  }

  /** The failure's message on one line. */
  static String oneLine(Exception failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse(message);
  }
}
