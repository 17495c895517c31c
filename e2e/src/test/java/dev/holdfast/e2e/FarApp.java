package dev.holdfast.e2e;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of a browser window, in a network namespace of its own: an sshd on loopback there, and a
 * web app, {@code browser_app.py}, whose page reports what it sees. Needs root.
 */
final class FarApp implements AutoCloseable {
  static final int PORT = 8888;

  private static final Duration STARTED = Duration.ofSeconds(30);

  /** A string or a truth in the report, as Python's json writes it. */
  private static final Pattern MEMBER =
      Pattern.compile("\"(\\w+)\": (?:\"([^\"]*)\"|(true|false))");

  private final Namespace namespace = Namespace.fresh("f");
  private final Sshd sshd;
  private final Program app;

  FarApp(String name) {
    Command.of("ip", "netns", "add", namespace.name()).run().ok();
    Command.of("ip", "link", "set", "lo", "up").startedBy(namespace.enter()).run().ok();
    sshd = Sshd.start(namespace.enter());
    app =
        Command.of(
                "/usr/bin/python3",
                Sources.file("python", "browser_app.py").toString(),
                name,
                Integer.toString(PORT),
                "8889",
                "8890")
            .startedBy(namespace.enter())
            .start();
    app.awaitOutput("READY", STARTED);
  }

  /** What ssh is told so as to get there from anywhere on this machine. */
  List<String> sshOptions() {
    String way =
        "ProxyCommand=%s nc 127.0.0.1 %d"
            .formatted(String.join(" ", namespace.enter()), sshd.address().getPort());
    return List.of(
        "-F",
        "none",
        "-i",
        Keys.CLIENT.toString(),
        "-o",
        way,
        "-o",
        "HostKeyAlias=" + Keys.HOST_ALIAS,
        "-o",
        "UserKnownHostsFile=" + Keys.KNOWN_HOSTS,
        "-o",
        "GlobalKnownHostsFile=none",
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "IdentityAgent=none");
  }

  /** How many pages have reported. */
  int reports() {
    return lines().size();
  }

  private List<String> lines() {
    return app.output().lines().filter(line -> line.startsWith("REPORT ")).toList();
  }

  /** What the page said that reported after that many others. */
  Map<String, String> awaitReport(int before, Program window) {
    Await.until(
        () -> "a report of the page in " + window,
        Command.USUAL_DEADLINE,
        () -> {
          if (!window.alive()) {
            throw new AssertionError("the window has ended: " + window);
          }
          return reports() > before;
        });
    Map<String, String> report = new HashMap<>();
    Matcher member = MEMBER.matcher(lines().get(before));
    while (member.find()) {
      report.put(member.group(1), member.group(2) == null ? member.group(3) : member.group(2));
    }
    return report;
  }

  @Override
  public void close() {
    app.close();
    sshd.close();
    namespace.remove();
  }
}
