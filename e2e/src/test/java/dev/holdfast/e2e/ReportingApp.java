package dev.holdfast.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A web app on loopback whose pages report what they see in a browser, {@code browser_app.py}.
 * Needs a network namespace of its own, since its ports are always the same.
 */
final class ReportingApp implements AutoCloseable {
  static final int PORT = 8888;

  private static final Duration STARTED = Duration.ofSeconds(30);
  private static final int DOWNLOAD_BYTES = 5_000_000;

  /** A string or a truth in the report, as Python's json writes it. */
  private static final Pattern MEMBER =
      Pattern.compile("\"(\\w+)\": (?:\"([^\"]*)\"|(true|false))");

  private final Path download;
  private final Program program;

  /**
   * Starts one.
   *
   * @param name what it says that it is
   * @param launcher what leads into its namespace
   */
  ReportingApp(String name, List<String> launcher) {
    download =
        Sample.write(Scratch.directory("download").resolve(name + ".bin"), DOWNLOAD_BYTES, 7);
    program =
        Command.of(
                "/usr/bin/python3",
                Sources.file("python", "browser_app.py").toString(),
                name,
                download.toString(),
                Integer.toString(PORT),
                "8889",
                "8890")
            .startedBy(launcher)
            .start();
    program.awaitOutput("READY", STARTED);
  }

  /** The file that it offers. */
  Path download() {
    return download;
  }

  /** How many pages have reported. */
  int reports() {
    return lines().size();
  }

  private List<String> lines() {
    return program.output().lines().filter(line -> line.startsWith("REPORT ")).toList();
  }

  /** What the page said that reported after that many others. */
  Map<String, String> awaitReport(int before, Program browser) {
    Await.until(
        () -> "a report of the page in " + browser,
        Command.USUAL_DEADLINE,
        () -> {
          if (!browser.alive()) {
            throw new AssertionError("the browser has ended: " + browser);
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
    program.close();
  }
}
