package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Records;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.MachineLoad;
import dev.holdfast.auth.ApiRecords.None;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast top}: what the machines of a cluster have to do. */
@Command(
    name = "top",
    description = {
      "Show the machines of your cluster, how they are, and what they have to do.",
      "",
      "On a terminal it goes on until it is interrupted; anywhere else it tells once."
    },
    mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
  /** What is told of each machine. */
  static final List<String> TITLES =
      List.of("NAME", "KIND", "STATE", "SEEN", "CONNECTIONS", "SESSIONS", "NEW/MIN", "VERSION");

  /** To the upper left corner, and everything behind it is gone. */
  private static final String CLEAR = "\033[H\033[J";

  private static final String OTHER_SCREEN = "\033[?1049h";
  private static final String USUAL_SCREEN = "\033[?1049l";

  @Spec private CommandSpec spec;
  @Mixin private ApiAccess access;

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or json; json tells once.")
  private Format format;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "2s",
      converter = TimeSpan.class,
      description = "Time between two looks. Default: 2s.")
  private Duration interval;

  /** How it is told. */
  enum Format {
    TEXT,
    JSON
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (ApiClient api = access.open()) {
      if (format == Format.JSON) {
        out.println(new Json.Items(look(api).stream().map(Records::write).toList()).line());
      } else if (Terminal.isInteractive()) {
        show(api, out);
      } else {
        out.print(table(look(api), new HashMap<>(), Instant.now()));
      }
      out.flush();
    }
    return 0;
  }

  private static List<MachineLoad> look(ApiClient api) throws IOException {
    return api.list(ApiMethod.LOADS, new None(), MachineLoad.class);
  }

  /** Until somebody interrupts it. */
  private void show(ApiClient api, PrintWriter out) throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Terminal.control(USUAL_SCREEN)));
    out.print(OTHER_SCREEN);
    Map<String, Seen> before = new HashMap<>();
    while (true) {
      List<MachineLoad> all = look(api);
      out.print(CLEAR + table(all, before, Instant.now()));
      out.flush();
      Thread.sleep(interval);
    }
  }

  /** How many connections had begun at some time. */
  record Seen(long begun, Instant at) {}

  /**
   * The table.
   *
   * @param before what was seen last, by machines' ids; it is that of now afterwards
   */
  static String table(List<MachineLoad> all, Map<String, Seen> before, Instant now) {
    List<List<String>> rows = new ArrayList<>();
    for (MachineLoad one : all) {
      NodeRecord machine = one.machine();
      rows.add(
          List.of(
              machine.name(),
              machine.kind().name().toLowerCase(Locale.ROOT),
              state(machine, now),
              machine.lastSeen().map(it -> ago(it, now)).orElse("never"),
              one.load().map(it -> "" + it.connections()).orElse("-"),
              one.load().map(it -> "" + it.sessions()).orElse("-"),
              rate(one, Optional.ofNullable(before.get(machine.id())), now),
              machine.version()));
      one.load().ifPresent(it -> before.put(machine.id(), new Seen(it.begun(), now)));
    }
    StringWriter text = new StringWriter();
    Listing.table(new PrintWriter(text), TITLES, rows);
    return text.toString();
  }

  /** By its heartbeats: late after two that did not come. */
  private static String state(NodeRecord machine, Instant now) {
    if (!machine.online()) {
      return machine.lastSeen().isPresent() ? "offline" : "new";
    }
    Duration silence = Duration.between(machine.lastSeen().orElse(now), now);
    return silence.compareTo(NodeRecord.HEARTBEAT.multipliedBy(2)) > 0 ? "late" : "ok";
  }

  private static String ago(Instant seen, Instant now) {
    long seconds = Math.max(0, Duration.between(seen, now).toSeconds());
    return seconds < 120
        ? seconds + "s"
        : seconds < 7_200
            ? seconds / 60 + "m"
            : seconds < 172_800 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
  }

  private static String rate(MachineLoad one, Optional<Seen> before, Instant now) {
    if (one.load().isEmpty() || before.isEmpty()) {
      return "-";
    }
    long millis = Duration.between(before.get().at(), now).toMillis();
    long more = one.load().get().begun() - before.get().begun();
    return millis <= 0 || more < 0 ? "-" : "" + Math.round(more * 60_000.0 / millis);
  }
}
