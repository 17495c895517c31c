package dev.holdfast.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code serve} can be told on its command line; it wins over the configuration. */
final class ServeOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "The configuration, in YAML; read again on SIGHUP. Default: /etc/holdfast/serve.yaml for"
              + " root, ~/.config/holdfast/serve.yaml for others, if it is there.")
  @Nullable Path config;

  @Option(
      names = "--check",
      description =
          "Say what is wrong with the configuration, all of it, or print the settings that count;"
              + " serve nothing.")
  boolean check;

  @Option(
      names = "--take-over",
      description =
          "Take the port over from the process that has it, if any; that one keeps what lives in it"
              + " until it has ended.")
  boolean takeOver;

  @Option(
      names = {"-l", "--listen"},
      paramLabel = "[HOST:]PORT",
      converter = ListenAddress.class,
      description =
          "Accept clients here; may be given several times. Default: 2222, at all addresses. Not"
              + " needed with systemd's sockets.")
  List<InetSocketAddress> listen = List.of();

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Where host keys are, and where processes find each other. Default:"
              + " /var/lib/holdfast/node for root, ~/.local/state/holdfast/node for others.")
  @Nullable Path stateDirectory;

  @Option(
      names = "--cluster",
      paramLabel = "HOST[:PORT]",
      converter = AuthAddress.Converter.class,
      description =
          "Be a member of the cluster whose auth service is there. Default: what the configuration"
              + " says.")
  @Nullable AuthAddress cluster;

  @Option(
      names = "--join",
      paramLabel = "TOKEN",
      description =
          "Join that cluster with a token of 'holdfast admin tokens add'. Needed once: from then on"
              + " the machine is known by its host key.")
  @Nullable String join;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      converter = TunnelConfiguration.NodeName.class,
      description =
          "What the node is called in the cluster. Default: the first part of the host's.")
  @Nullable String name;

  @Option(
      names = "--metrics",
      paramLabel = "[HOST:]PORT",
      converter = MetricsAddress.class,
      description =
          "Serve /metrics for Prometheus, /healthz and /readyz here. A port alone is for this"
              + " machine only.")
  @Nullable InetSocketAddress metrics;

  @Option(
      names = {"-q", "--quiet"},
      description = "Log only what needs somebody's attention.")
  boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log also how the service is set up.")
  boolean verbose;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text: a line of words; json: an object a line. Default: text.")
  ServiceLog.@Nullable Format logFormat;
}
