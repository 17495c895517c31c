package dev.holdfast.forward;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the service of one user has its files.
 *
 * @param directory that only the user may enter
 * @param ports what is remembered between its runs
 */
public record ControlFiles(Path directory, Path ports) {
  /** The usual places (XDG base directories), below home where the session names none. */
  public static ControlFiles usual(Map<String, String> environment, Path home) {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    Path kept = state.isEmpty() ? home.resolve(".local/state") : Path.of(state);
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    Path running =
        runtime.isEmpty()
            ? kept.resolve("holdfast").resolve("run")
            : Path.of(runtime).resolve("holdfast");
    return new ControlFiles(running, kept.resolve("holdfast").resolve("forward-ports"));
  }

  /** The socket at which the service takes orders. */
  public Path socket() {
    return directory.resolve("forward.sock");
  }

  /** What only one service holds. */
  Path lock() {
    return directory.resolve("forward.lock");
  }

  /** What the service says of itself, when it was started by another command. */
  public Path log() {
    return directory.resolve("forward.log");
  }
}
