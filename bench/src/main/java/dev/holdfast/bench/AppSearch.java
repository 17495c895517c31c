package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long {@code holdfast open} takes from the first wish to see the apps of a server until one is
 * known as a web app: with no session to begin with, and nothing installed there.
 */
final class AppSearch {
  static final String LABEL = "holdfast open";

  private static final int MOST_MILLIS = 60_000;
  private static final long LOOK_NANOS = 20_000_000;
  private static final Pattern PAGE = Pattern.compile("http://localhost:[0-9]+/server/\\S+/");

  private AppSearch() {}

  /**
   * Measures once.
   *
   * @param relayPort leads to the server
   * @param appPort where the web app listens there
   */
  static double millis(SshServer sshd, int relayPort, int appPort) throws IOException {
    Scratch scratch = Scratch.make();
    String directory = scratch.directory().toString();
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "BROWSER=true", // What a desktop would start.
                "XDG_RUNTIME_DIR=" + directory,
                "XDG_STATE_HOME=" + directory,
                "XDG_CONFIG_HOME=" + directory,
                "XDG_DATA_HOME=" + directory,
                Resuming.launcher(),
                "open",
                "--own-browser"));
    command.addAll(sshd.client(List.of(), relayPort));
    command.add(SshReach.host());
    try (Child pages = Child.start(command)) {
      URI live = URI.create(address(pages) + "live");
      long begun = System.nanoTime();
      awaitApp(live, appPort);
      return (System.nanoTime() - begun) / 1e6;
    } finally {
      scratch.delete();
    }
  }

  private static String address(Child pages) throws IOException {
    long end = System.nanoTime() + MOST_MILLIS * 1_000_000L;
    while (pages.isAlive() && System.nanoTime() - end < 0) {
      Matcher page = PAGE.matcher(pages.complaint());
      if (page.find()) {
        return page.group();
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IOException(LABEL + " serves no pages" + pages.complaint());
  }

  /** Reads the page's own stream of what is known. */
  private static void awaitApp(URI live, int port) throws IOException {
    Pattern app =
        Pattern.compile(
            "\\{[^{}]*(\"port\":%1$d\\b[^{}]*\"kind\":\"web\"|\"kind\":\"web\"[^{}]*\"port\":%1$d\\b)"
                .formatted(port));
    HttpURLConnection connection = (HttpURLConnection) live.toURL().openConnection();
    connection.setReadTimeout(MOST_MILLIS);
    try (var lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (app.matcher(line).find()) {
          return;
        }
      }
    }
    throw new IOException("the app at port " + port + " was not found");
  }
}
