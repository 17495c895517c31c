package dev.holdfast.client;

import java.util.List;
import java.util.Optional;

/**
 * What a command line says before any file is read.
 *
 * @param host as it was typed
 * @param options lines as behind {@code -o}, the first of which wins; other flags come as such
 *     lines, too
 * @param file in place of the user's and the system's configurations; "none" for no file
 * @param command what is to run at the server; empty for a shell
 */
public record ConfigQuery(
    String host, List<String> options, Optional<String> file, String command) {
  public ConfigQuery {
    options = List.copyOf(options);
  }

  /** The usual files. */
  public static ConfigQuery of(String host, String... options) {
    return new ConfigQuery(host, List.of(options), Optional.empty(), "");
  }
}
