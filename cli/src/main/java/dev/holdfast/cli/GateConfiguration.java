package dev.holdfast.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The options of a gate, wherever they are written: on its command line, which wins, and in the
 * file that {@code --config} names.
 *
 * <pre>
 *   # a comment
 *   listen  0.0.0.0:2222
 *   listen  [::1]:2223
 *   to      127.0.0.1:22
 *   no-v1
 * </pre>
 */
final class GateConfiguration {
  /** Longest file that is read, in bytes. */
  static final long MOST_BYTES = 64 * 1024;

  private final CommandLine command;
  private final List<String> arguments;

  /**
   * Of these arguments.
   *
   * @param command whose {@code --help} an error names
   */
  GateConfiguration(CommandLine command, List<String> arguments) {
    this.command = command;
    this.arguments = arguments;
  }

  /**
   * Reads all of it, now.
   *
   * @throws ParameterException if something is wrong or missing
   */
  GateOptions read() throws IOException {
    GateOptions direct = parse(arguments);
    Path file = direct.config;
    GateOptions all =
        file == null
            ? direct
            : parse(Stream.concat(argumentsIn(file).stream(), arguments.stream()).toList());
    if (all.maxStreams < 1) {
      throw wrong("--max-streams has to be at least 1");
    }
    if (all.quiet && all.verbose) {
      throw wrong("--quiet and --verbose exclude each other");
    }
    return all;
  }

  /** A sentence about wrong options, to be thrown. */
  ParameterException wrong(String sentence) {
    return new ParameterException(command, sentence);
  }

  private GateOptions parse(List<String> words) {
    GateOptions options = new GateOptions();
    try {
      Main.sharing(new CommandLine(options))
          .setOverwrittenOptionsAllowed(true)
          .parseArgs(words.toArray(String[]::new));
      return options;
    } catch (ParameterException e) {
      throw new ParameterException(command, String.valueOf(e.getMessage()), e);
    }
  }

  private List<String> argumentsIn(Path file) throws IOException {
    List<String> all = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      List<String> words = words(line);
      try {
        parse(words);
        all.addAll(words);
      } catch (ParameterException e) {
        throw new ParameterException(
            command, "%s line %d: %s".formatted(file, number, e.getMessage()), e);
      }
    }
    return all;
  }

  private List<String> lines(Path file) throws IOException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException("%s is longer than a settings file can be.".formatted(file));
      }
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new ParameterException(command, "there is no file " + file, e);
    } catch (CharacterCodingException e) {
      throw new ParameterException(command, file + " is not a text file", e);
    }
  }

  /** The option of a line and its value, as on a command line. */
  private static List<String> words(String line) {
    String text = line.strip();
    if (text.isEmpty() || text.startsWith("#")) {
      return List.of();
    }
    String[] parts = text.split("\\s+", 2);
    String option = "--" + parts[0];
    return parts.length == 1 ? List.of(option) : List.of(option, parts[1]);
  }
}
