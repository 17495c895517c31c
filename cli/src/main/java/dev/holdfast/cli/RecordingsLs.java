package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.recording.About;
import dev.holdfast.recording.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast recordings ls}: the recordings of a cluster, or in a directory. */
@Command(
    name = "ls",
    description = {
      "List the recordings of the cluster that you may see, the latest first; or those in a"
          + " directory, the oldest first.",
      "",
      "A user sees those of his own sessions, who has the right to audit or to administer all."
    },
    mixinStandardHelpOptions = true)
final class RecordingsLs implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Listing listing;

  @Mixin private RecordingAccess access;
  @Mixin private RecordingFilter filter;

  @Parameters(
      arity = "0..1",
      paramLabel = "DIRECTORY",
      description = "Where a node without a cluster puts its recordings.")
  private @Nullable Path directory;

  /**
   * One of them, as it is listed.
   *
   * @param name of the recording
   * @param time when it began
   * @param length in seconds
   * @param state whole, cut, unfinished or damaged
   */
  record Listed(
      String name,
      String time,
      long length,
      String node,
      String login,
      String request,
      String command,
      String state) {}

  @Override
  public Integer call() throws IOException {
    try (RecordingAccess from = access) {
      Path named = directory;
      return named == null ? ofCluster(from) : inDirectory(named, from);
    }
  }

  private int ofCluster(RecordingAccess from) throws IOException {
    listing.print(
        spec.commandLine().getOut(),
        from.parts().list(filter.query()),
        RecordingFilter.TITLES,
        RecordingFilter::row);
    return 0;
  }

  private int inDirectory(Path named, RecordingAccess from) throws IOException {
    List<Listed> all = new ArrayList<>();
    for (RecordingPlace place : RecordedFiles.at(named, from.keys())) {
      all.add(listed(place));
    }
    all.sort(Comparator.comparing(Listed::time));
    listing.print(
        spec.commandLine().getOut(),
        all,
        List.of("NAME", "TIME", "LENGTH", "NODE", "LOGIN", "REQUEST", "STATE"),
        RecordingsLs::row);
    return 0;
  }

  private static Listed listed(RecordingPlace place) throws IOException {
    Verification found = place.read(event -> {});
    About about = found.about();
    return new Listed(
        found.recording().isEmpty() ? place.name() : found.recording(),
        about.text("time"),
        found.length().toSeconds(),
        about.text("node"),
        about.text("login"),
        about.text("request"),
        about.text("command"),
        found.state().name().toLowerCase(Locale.ROOT));
  }

  private static List<String> row(Listed one) {
    return List.of(
        one.name(),
        one.time(),
        span(Duration.ofSeconds(one.length())),
        one.node(),
        one.login(),
        one.command().isEmpty() ? one.request() : one.request() + " " + shown(one.command()),
        one.state());
  }

  /** A command as it can be shown in a line. */
  private static String shown(String command) {
    String line = Json.of(command).line();
    return line.length() > 60 ? line.substring(0, 60) + "…" : line;
  }

  static String span(Duration length) {
    return length.toHours() > 0
        ? "%d:%02d:%02d".formatted(length.toHours(), length.toMinutesPart(), length.toSecondsPart())
        : "%d:%02d".formatted(length.toMinutes(), length.toSecondsPart());
  }
}
