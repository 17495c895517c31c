package dev.holdfast.cli;

import dev.holdfast.browser.LocalSite;
import dev.holdfast.browser.ServerFar;
import dev.holdfast.client.Logins;
import dev.holdfast.forward.ControlFiles;
import dev.holdfast.forward.ForwardSettings;
import dev.holdfast.forward.Servers;
import dev.holdfast.recording.ReadingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** The local pages in a person's own browser, until the program is ended. */
final class OwnBrowser {
  /** Names of servers that are offered. */
  private static final int MOST_SERVERS = 200;

  private static final int MOST_CONFIGURATION = 1 << 20;

  private final int port;
  private final boolean opens;
  private final Function<String, List<String>> arguments;
  private final List<ReadingKey> keys;

  /**
   * Not open yet.
   *
   * @param port 0 for any
   * @param opens whether the browser is started, too
   * @param arguments ssh's, for a server's name
   * @param keys that encrypted recordings are read by
   */
  OwnBrowser(
      int port, boolean opens, Function<String, List<String>> arguments, List<ReadingKey> keys) {
    this.port = port;
    this.opens = opens;
    this.arguments = arguments;
    this.keys = List.copyOf(keys);
  }

  /** Serves until this process ends; the person is told the address of {@code path}. */
  void show(String path) throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("user.home"));
    ControlFiles files = ControlFiles.usual(System.getenv(), home);
    Logins logins = Logins.attended(System.err);
    try (ClustersOfUser clusters = new ClustersOfUser(Profiles.ofUser(), keys);
        Servers servers = Servers.start(logins, ForwardSettings.usual());
        LocalSite site =
            LocalSite.open(
                port,
                name -> far(servers, name),
                new ServiceForwards(files, arguments),
                clusters,
                names(home.resolve(".ssh/config")),
                System.getenv(),
                home,
                OwnBrowser::tell)) {
      String address = site.url() + path;
      tell("Open " + address + " in your browser; it is served until you end this with Ctrl-C.");
      if (opens) {
        start(address);
      }
      new CountDownLatch(1).await();
    }
  }

  private ServerFar far(Servers servers, String name) {
    try {
      return new ServerFar(servers.get(arguments.apply(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void tell(String sentence) {
    System.err.println("holdfast: " + sentence);
  }

  /** What the desktop opens addresses with; without one the person has been told the address. */
  private static void start(String address) {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    List<String> opener =
        system.contains("mac")
            ? List.of("open", address)
            : system.contains("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                : List.of("xdg-open", address);
    try {
      new ProcessBuilder(opener)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      // There is no desktop here.
    }
  }

  /** The hosts that a configuration names without wildcards (ssh_config(5)). */
  static List<String> names(Path configuration) throws IOException {
    if (!Files.isReadable(configuration) || Files.size(configuration) > MOST_CONFIGURATION) {
      return List.of();
    }
    Set<String> names = new LinkedHashSet<>();
    try {
      for (String line : Files.readAllLines(configuration)) {
        String[] words = line.strip().split("[ \t=]+", -1);
        for (int i = 1; i < words.length && words[0].equalsIgnoreCase("host"); i++) {
          if (words[i].matches("[A-Za-z0-9_][A-Za-z0-9._@:%+-]*")) {
            names.add(words[i]);
          }
        }
      }
    } catch (MalformedInputException e) {
      return List.of(); // Then a person types the name.
    }
    return names.stream().limit(MOST_SERVERS).toList();
  }
}
