package dev.holdfast.ssh;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * X11 displays that lead to a client's (RFC 4254 6.3): a port each. Their cookies are for the
 * session's process to note, as the user. Thread-safe.
 */
record Displays(ServerSettings settings) {
  /** Numbers that are tried, from X11DisplayOffset on (MAX_DISPLAYS of OpenSSH is 1000). */
  static final int MOST_DISPLAYS = 1_000;

  private static final int FIRST_PORT = 6_000;

  private static final Logger log = LoggerFactory.getLogger(Displays.class);

  /** A new display; nothing if there can be none. */
  Optional<Granted.Display> open(X11Request request, Forwards forwards) {
    if (!Files.isExecutable(Path.of(settings.get(ServerOption.X_AUTH_LOCATION)))) {
      return Optional.empty();
    }
    boolean loopback = settings.get(ServerOption.X11_USE_LOCALHOST);
    int first = settings.get(ServerOption.X11_DISPLAY_OFFSET);
    for (int number = first; number < first + MOST_DISPLAYS; number++) {
      int port = FIRST_PORT + number;
      if (port > 65_535) {
        break;
      }
      if (forwards.display(port, loopback, request.singleConnection())) {
        return named(request, number, loopback, forwards);
      }
    }
    return Optional.empty();
  }

  private Optional<Granted.Display> named(
      X11Request request, int number, boolean loopback, Forwards forwards) {
    try {
      String host = loopback ? "localhost" : InetAddress.getLocalHost().getHostName();
      String rest = ":" + number + "." + request.screen();
      // xauth knows connections to this machine as unix:N, whichever way they come.
      String entry = (loopback ? "unix" : host) + rest;
      String xauth = settings.get(ServerOption.X_AUTH_LOCATION);
      return Optional.of(
          new Granted.Display(host + rest, entry, request.protocol(), request.cookie(), xauth));
    } catch (IOException e) {
      log.info("A display is not forwarded: {}.", e.getMessage());
      forwards.endDisplay(FIRST_PORT + number);
      return Optional.empty();
    }
  }
}
