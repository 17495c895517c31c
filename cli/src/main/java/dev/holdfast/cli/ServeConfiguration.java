package dev.holdfast.cli;

import dev.holdfast.link.GateEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code serve} is configured to do: a file of sections, and the options of its command line,
 * which win.
 *
 * <pre>
 *   log:
 *     level: info
 *     format: json
 *   metrics: 9222
 *   node:
 *     listen: [2222, "[::1]:2223"]
 *     PermitRootLogin: no
 * </pre>
 *
 * @param file where it comes from; null if there is none and all is as usual
 * @param metrics where figures are served; null if nowhere
 * @param auth the auth service; null if there is none
 * @param servesNode whether there is a node: where the file has its section, or no other service's
 * @param proxy null if there is none
 * @param gate null if there is none
 * @param cluster null if there is no section
 */
record ServeConfiguration(
    @Nullable Path file,
    ServiceLog.Level logLevel,
    ServiceLog.Format logFormat,
    @Nullable InetSocketAddress metrics,
    NodeConfiguration node,
    @Nullable AuthConfiguration auth,
    boolean servesNode,
    @Nullable ProxyConfiguration proxy,
    @Nullable GateSection gate,
    @Nullable ClusterConfiguration cluster) {

  /**
   * Reads it, now; what is wrong goes to {@code problems}, and there the usual counts.
   *
   * @throws IOException if the file can't be read
   */
  static ServeConfiguration read(ServeOptions options, Problems problems) throws IOException {
    Path file = file(options);
    Section root = file == null ? YamlFile.parse("", "", problems) : YamlFile.read(file, problems);
    Section log = root.section("log");
    ServiceLog.Level level =
        log.value("level", Words.of(ServiceLog.Level.class), ServiceLog.Level.INFO);
    ServiceLog.Format format =
        log.value("format", Words.of(ServiceLog.Format.class), ServiceLog.Format.TEXT);
    log.end();
    Optional<InetSocketAddress> metrics = root.value("metrics", new MetricsAddress());
    boolean hasOthers = root.has("auth") || root.has("proxy") || root.has("gate");
    boolean inCluster = root.has("auth") || root.has("cluster") || options.cluster != null;
    boolean servesNode = root.has("node") || !hasOthers;
    NodeConfiguration node =
        NodeConfiguration.read(root.section("node"), options, inCluster, problems);
    ProxyConfiguration proxy =
        root.has("proxy") ? ProxyConfiguration.read(root.section("proxy"), inCluster) : null;
    GateSection gate = root.has("gate") ? GateSection.read(root.section("gate"), inCluster) : null;
    AuthConfiguration auth = root.has("auth") ? AuthConfiguration.read(root.section("auth")) : null;
    ClusterConfiguration cluster =
        root.has("cluster") || options.cluster != null
            ? ClusterConfiguration.read(root.section("cluster"), options, auth != null)
            : null;
    root.end();
    return new ServeConfiguration(
        file,
        options.quiet ? ServiceLog.Level.WARN : options.verbose ? ServiceLog.Level.DEBUG : level,
        options.logFormat == null ? format : options.logFormat,
        options.metrics == null ? metrics.orElse(null) : options.metrics,
        node,
        auth,
        servesNode,
        proxy,
        gate,
        cluster);
  }

  private static @Nullable Path file(ServeOptions options) {
    if (options.config != null) {
      return options.config;
    }
    Path usual = usualFile();
    return Files.exists(usual) ? usual : null;
  }

  private static Path usualFile() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/etc/holdfast/serve.yaml");
    }
    String config = System.getenv("XDG_CONFIG_HOME");
    Path directory =
        config == null || config.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(config);
    return directory.resolve("holdfast").resolve("serve.yaml");
  }

  /** The settings that count, as a file of them. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(file == null ? "there is no file" : file.toString()).append('\n');
    text.append("log:\n");
    line(text, "level", logLevel.name().toLowerCase(Locale.ROOT));
    line(text, "format", logFormat.name().toLowerCase(Locale.ROOT));
    if (metrics != null) {
      text.append("metrics: '").append(GateEvent.name(metrics)).append("'\n");
    }
    if (auth != null) {
      section(text, "auth", auth.effective());
    }
    if (cluster != null) {
      section(text, "cluster", cluster.effective());
    }
    if (servesNode) {
      section(text, "node", node.effective());
    }
    if (proxy != null) {
      section(text, "proxy", proxy.effective());
    }
    if (gate != null) {
      section(text, "gate", gate.effective());
    }
    return text.toString();
  }

  private static void section(StringBuilder text, String name, Map<String, Object> settings) {
    text.append(name).append(":\n");
    settings.forEach((key, value) -> line(text, key, value));
  }

  private static void line(StringBuilder text, String key, Object value) {
    text.append("  ").append(key).append(": ");
    text.append(written(value)).append('\n');
  }

  private static String written(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        List<String> members = new ArrayList<>();
        map.forEach((name, one) -> members.add(quoted(name) + ": " + written(one)));
        yield "{%s}".formatted(String.join(", ", members));
      }
      case Collection<?> values ->
          values.stream().map(ServeConfiguration::quoted).toList().toString();
      default -> quoted(value);
    };
  }

  private static String quoted(Object value) {
    String word = value.toString();
    return word.matches("[A-Za-z0-9/._-]+") ? word : "'" + word.replace("'", "''") + "'";
  }

  /** Reads the words of an enum, in lower case. */
  private record Words<E extends Enum<E>>(Class<E> type) implements ITypeConverter<E> {
    static <E extends Enum<E>> Words<E> of(Class<E> type) {
      return new Words<>(type);
    }

    @Override
    public E convert(String text) {
      StringBuilder words = new StringBuilder();
      for (E one : type.getEnumConstants()) {
        String word = one.name().toLowerCase(Locale.ROOT);
        if (word.equals(text)) {
          return one;
        }
        words.append(words.isEmpty() ? "" : ", ").append(word);
      }
      throw new TypeConversionException("'%s' is none of %s".formatted(text, words));
    }
  }
}
