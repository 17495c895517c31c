package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import dev.holdfast.link.GateSettings;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a gate can be told, on its command line or in its settings file. */
final class GateOptions {
  private static final long MOST_MEMORY = 1L << 30;

  /** The PROXY protocol's versions. */
  enum ProxyProtocol {
    V1,
    V2
  }

  @Option(
      names = {"-l", "--listen"},
      paramLabel = "[HOST:]PORT",
      converter = ListenAddress.class,
      description =
          "Accept clients here; may be given several times. Not needed with systemd's sockets.")
  List<InetSocketAddress> listen = List.of();

  @Option(
      names = {"-t", "--to"},
      paramLabel = "[HOST:]PORT",
      converter = DestinationAddress.class,
      description = "The server behind.")
  @Nullable Destination to;

  @Option(
      names = "--proxy-protocol",
      paramLabel = "VERSION",
      description =
          "Tell the server behind each client's address by this header, v1 or v2; it has to expect"
              + " it.")
  @Nullable ProxyProtocol proxyProtocol;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "24h",
      description = "Keep a stream without a link for this long. Default: 24h.")
  Duration patience;

  @Option(
      names = "--stranger-patience",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "1m",
      description = "The same for a client that can't have logged in yet. Default: 1m.")
  Duration strangerPatience;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = MemorySize.class,
      description =
          "Memory for bytes in flight; beyond it reading pauses, and the stream goes that has been"
              + " without a link longest. Default: a quarter of the machine's, at most 1G.")
  @Nullable Long memory;

  @Option(
      names = "--max-streams",
      paramLabel = "NUMBER",
      defaultValue = "100000",
      description = "Streams kept at most. Default: 100000.")
  int maxStreams;

  @Option(names = "--no-v1", description = "Do not serve clients of resume v1.")
  boolean noV1;

  @Option(
      names = {"-q", "--quiet"},
      description = "Log only what needs somebody's attention.")
  boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log also how the gate is set up.")
  boolean verbose;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text: a line of words; json: an object a line. Default: text.")
  ServiceLog.Format logFormat;

  @Option(
      names = "--metrics",
      paramLabel = "[HOST:]PORT",
      converter = MetricsAddress.class,
      description =
          "Serve /metrics for Prometheus, /healthz and /readyz here. A port alone is for this"
              + " machine only.")
  @Nullable InetSocketAddress metrics;

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "0",
      description =
          "When told to end, take no new clients and wait this long for the others to finish."
              + " Default: 0.")
  Duration drain;

  @Option(
      names = "--take-over",
      description = "Take over everything from the gate that runs under the same name, if any.")
  boolean takeOver;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name for --take-over. Default: the first port.")
  @Nullable String name;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Where gates find each other for --take-over. Default: /run/holdfast, or"
              + " $XDG_RUNTIME_DIR/holdfast.")
  @Nullable Path stateDirectory;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Read options from this file too, one a line without dashes; read again on SIGHUP.")
  @Nullable Path config;

  /** What a gate needs of this. */
  GateSettings settings(Destination target) {
    GateSettings usual = GateSettings.of(listen, target);
    return new GateSettings(
        listen,
        target,
        preamble(),
        !noV1,
        patience,
        strangerPatience,
        usual.unusedPatience(),
        usual.arrivalDeadline(),
        memory == null ? usualMemory() : memory,
        maxStreams,
        usual.mostArrivals(),
        usual.backlog(),
        usual.loops());
  }

  /** What is logged at least. */
  ServiceLog.Level logLevel() {
    return quiet ? ServiceLog.Level.WARN : verbose ? ServiceLog.Level.DEBUG : ServiceLog.Level.INFO;
  }

  private GateSettings.Preamble preamble() {
    return switch (proxyProtocol) {
      case null -> GateSettings.Preamble.NONE;
      case V1 -> GateSettings.Preamble.proxyProtocol(1);
      case V2 -> GateSettings.Preamble.proxyProtocol(2);
    };
  }

  /** A quarter of the machine's memory, within bounds. */
  static long usualMemory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? Math.clamp(system.getTotalMemorySize() / 4, MemorySize.LEAST, MOST_MEMORY)
        : MOST_MEMORY;
  }
}
