package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of ssh(1) that say how a server is reached. */
final class SshOptions {
  @Option(names = "-F", paramLabel = "FILE", description = "ssh's configuration file.")
  private @Nullable String file;

  @Option(names = "-i", paramLabel = "FILE", description = "A key to log in with.")
  private List<String> identities = List.of();

  @Option(names = "-J", paramLabel = "HOSTS", description = "Hosts to jump over on the way.")
  private @Nullable String jumps;

  @Option(names = "-l", paramLabel = "USER", description = "Who logs in.")
  private @Nullable String user;

  @Option(
      names = "-o",
      paramLabel = "OPTION",
      description = "An option of ssh_config, as Name=value.")
  private List<String> options = List.of();

  @Option(names = "-p", paramLabel = "PORT", description = "The server's port.")
  private @Nullable String port;

  /** Them and a destination, as ssh has its arguments. */
  List<String> arguments(String destination) {
    List<String> arguments = new ArrayList<>();
    add(arguments, "-F", file);
    identities.forEach(it -> add(arguments, "-i", it));
    add(arguments, "-J", jumps);
    add(arguments, "-l", user);
    options.forEach(it -> add(arguments, "-o", it));
    add(arguments, "-p", port);
    arguments.add("--");
    arguments.add(destination);
    return arguments;
  }

  private static void add(List<String> arguments, String name, @Nullable String value) {
    if (value != null) {
      arguments.add(name);
      arguments.add(value);
    }
  }
}
