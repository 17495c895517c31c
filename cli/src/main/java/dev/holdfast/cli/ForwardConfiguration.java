package dev.holdfast.cli;

import dev.holdfast.forward.ForwardSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a user's forwarder is configured to do, {@code ~/.config/holdfast/forward.yaml}:
 *
 * <pre>
 *   prove-after: 10s
 *   idle: 10m
 *   hosts: [dev.test]
 *   presets:
 *     work:
 *       server: dev
 *       apps: [8888, "db:5432"]
 *       local: ["8080:localhost:80"]
 *       remote: ["2222:localhost:22"]
 *       dynamic: [1080]
 *       start: yes
 * </pre>
 *
 * @param hosts names, in lower case, by which pages may ask for this machine besides its own
 * @param presets by their names, as arguments of {@code holdfast forward}
 * @param started names of those that begin with the service
 */
record ForwardConfiguration(
    ForwardSettings settings,
    Set<String> hosts,
    Map<String, List<String>> presets,
    List<String> started) {
  private static final Duration NOT_LONGER = Duration.ofDays(1);

  /** The usual file; nothing in it is needed. */
  static Path file() {
    String named = System.getenv("XDG_CONFIG_HOME");
    Path directory =
        named == null || named.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(named);
    return directory.resolve("holdfast").resolve("forward.yaml");
  }

  /** Reads {@code file} if it is there; what is wrong goes to {@code problems}. */
  static ForwardConfiguration read(Path file, Problems problems) throws IOException {
    Section root =
        Files.exists(file)
            ? YamlFile.read(file, problems)
            : YamlFile.parse("", file.toString(), problems);
    ForwardSettings usual = ForwardSettings.usual();
    ForwardSettings settings =
        new ForwardSettings(
            time(root, "prove-after", usual.quiet(), problems),
            time(root, "idle", usual.idle(), problems),
            time(root, "give-up-after", usual.dead(), problems),
            root.value("prime", new YesNo(), usual.primed()));
    Set<String> hosts = new TreeSet<>();
    root.list("hosts", text -> text, List.<String>of())
        .forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    Section all = root.section("presets");
    root.end();
    Map<String, List<String>> presets = new LinkedHashMap<>();
    List<String> started = new ArrayList<>();
    for (String name : all.keys()) {
      Section preset = all.section(name);
      if (preset.value("start", new YesNo(), false)) {
        started.add(name);
      }
      presets.put(name, arguments(name, preset, problems));
    }
    return new ForwardConfiguration(settings, hosts, presets, started);
  }

  private static Duration time(Section from, String key, Duration usual, Problems problems) {
    Duration time = from.value(key, new TimeSpan(), usual);
    if (!time.isPositive() || time.compareTo(NOT_LONGER) > 0) {
      problems.add("%s has to be longer than nothing and at most a day".formatted(key));
      return usual;
    }
    return time;
  }

  private static List<String> arguments(String name, Section preset, Problems problems) {
    List<String> arguments = new ArrayList<>();
    option("-L", "local", preset, arguments);
    option("-R", "remote", preset, arguments);
    option("-D", "dynamic", preset, arguments);
    String server = preset.value("server", text -> text, "");
    if (server.isEmpty() || server.startsWith("-")) {
      problems.add("the preset '%s' names no server".formatted(name));
    }
    arguments.add(server);
    arguments.addAll(preset.list("apps", text -> text, List.of()));
    preset.end();
    return arguments;
  }

  private static void option(String flag, String key, Section preset, List<String> arguments) {
    for (String value : preset.list(key, text -> text, List.<String>of())) {
      arguments.add(flag);
      arguments.add(value);
    }
  }
}
