package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * X11 displays that lead to a client's (RFC 4254 6.3): a port each, and its cookie in the user's
 * authority file, put there by xauth as the user. Thread-safe.
 */
record Displays(ServerSettings settings, @Nullable UserRights rights) {
  /** Numbers that are tried, from X11DisplayOffset on (MAX_DISPLAYS of OpenSSH is 1000). */
  static final int MOST_DISPLAYS = 1_000;

  /** xauth waits for the lock of the file by itself, 20 seconds at most. */
  private static final Duration XAUTH_PATIENCE = Duration.ofSeconds(10);

  private static final int FIRST_PORT = 6_000;

  private static final Logger log = LoggerFactory.getLogger(Displays.class);

  /** The value of DISPLAY; nothing if there can be no display. */
  Optional<String> open(Login login, X11Request request, Forwards forwards) {
    if (rights == null
        || login.account().isEmpty()
        || !Files.isExecutable(Path.of(settings.get(ServerOption.X_AUTH_LOCATION)))) {
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
        return authorize(login.account().get(), request, number, loopback, forwards);
      }
    }
    return Optional.empty();
  }

  private Optional<String> authorize(
      User user, X11Request request, int number, boolean loopback, Forwards forwards) {
    try {
      String host = loopback ? "localhost" : InetAddress.getLocalHost().getHostName();
      // xauth knows connections to this machine as unix:N, whichever way they come.
      String name = (loopback ? "unix" : host) + ":" + number + "." + request.screen();
      addCookie(user, name, request);
      return Optional.of(host + ":" + number + "." + request.screen());
    } catch (IOException e) {
      log.info("A display is not forwarded: {}.", e.getMessage());
      forwards.endDisplay(FIRST_PORT + number);
      return Optional.empty();
    }
  }

  private void addCookie(User user, String name, X11Request request) throws IOException {
    if (rights == null) {
      throw new IOException("this server can't act for users");
    }
    String xauth = settings.get(ServerOption.X_AUTH_LOCATION);
    ProcessBuilder builder =
        new ProcessBuilder(rights.command(user, List.of(xauth, "-q", "-")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("HOME", user.home());
    environment.put("PATH", "/usr/bin:/bin");
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      String entry = name + " " + request.protocol() + " " + request.cookie();
      in.write(("remove " + name + "\nadd " + entry + "\n").getBytes(US_ASCII));
    }
    try {
      if (!process.waitFor(XAUTH_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          || process.exitValue() != 0) {
        throw new IOException("xauth did not take the cookie");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while xauth ran");
    } finally {
      process.destroyForcibly();
    }
  }
}
