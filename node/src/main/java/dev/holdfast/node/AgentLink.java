package dev.holdfast.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A path that stays while the agents that it leads to change: what SSH_AUTH_SOCK is in a named
 * session. A symbolic link to the socket of whoever attached last with an agent. Thread-safe.
 */
final class AgentLink {
  private static final Logger log = LoggerFactory.getLogger(AgentLink.class);

  private final Path path;

  /** One at {@code path}, in a directory where nobody but this process's user may change things. */
  AgentLink(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** From now on it leads to {@code socket}, unless that is the link itself. */
  synchronized void leadTo(String socket) {
    if (!socket.startsWith("/") || socket.equals(path.toString())) {
      return;
    }
    Path next = path.resolveSibling(path.getFileName() + ".new");
    try {
      Files.deleteIfExists(next);
      Files.createSymbolicLink(next, Path.of(socket));
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      log.info("An agent is not reached in its session: {}.", e.getMessage());
    }
  }

  /** The session has ended. */
  synchronized void remove() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("A link stays behind: {}.", e.getMessage());
    }
  }
}
