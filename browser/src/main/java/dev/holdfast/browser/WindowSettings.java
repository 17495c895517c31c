package dev.holdfast.browser;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a browser window shall be like.
 *
 * @param browser its program or a part of that's name; nothing for the first that is installed
 * @param more options for the browser
 * @param allowsInternet whether the server leads on to other machines
 * @param address what to open, as a person pasted it; nothing for the start page
 * @param environment of this process
 * @param home of the user
 */
public record WindowSettings(
    Optional<String> browser,
    List<String> more,
    boolean allowsInternet,
    Optional<String> address,
    Map<String, String> environment,
    Path home) {
  /** Validates. */
  public WindowSettings {
    more = List.copyOf(more);
    environment = Map.copyOf(environment);
  }
}
