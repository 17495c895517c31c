package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A display of this machine's, as DISPLAY names it (X(7)): {@code :0}, {@code unix:0.1}, {@code
 * host:10.0}, or the path of a socket.
 *
 * @param host empty for a socket of this machine
 * @param path of a socket that is named by its path
 */
record X11Display(String host, int number, int screen, Optional<String> path) {
  private static final int FIRST_PORT = 6000;
  private static final Path SOCKETS = Path.of("/tmp/.X11-unix");
  private static final Pattern NAME =
      Pattern.compile("(.*):(\\d{1,4})(?:\\.(\\d{1,4}))?", Pattern.DOTALL);

  /** The display of that name, if it is one. */
  static Optional<X11Display> of(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(1).equals("unix") ? "" : matcher.group(1);
    int screen = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    int number = Integer.parseInt(matcher.group(2));
    boolean isPath = host.startsWith("/");
    return Optional.of(
        new X11Display(
            isPath ? "" : host,
            number,
            screen,
            isPath ? Optional.of(host + ":" + number) : Optional.empty()));
  }

  /** A connection to it. */
  Duplex connect() throws IOException {
    if (path.isPresent()) {
      return Sockets.connect(path.get());
    }
    Path socket = SOCKETS.resolve("X" + number);
    if (host.isEmpty() && Files.exists(socket)) {
      return Sockets.connect(socket.toString());
    }
    return Sockets.connect(host.isEmpty() ? "localhost" : host, FIRST_PORT + number);
  }
}
