package dev.holdfast.cli;

import dev.holdfast.client.ProxyRoad;
import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What {@code connect} can be told. Built without annotations: reading those takes longer than the
 * rest of the start, and ssh waits for it.
 */
final class ConnectOptions {
  private final PositionalParamSpec host = argument("0", "HOST", "The server's name or address.");
  private final PositionalParamSpec port = argument("1", "PORT", "Its port.");
  private final OptionSpec resume =
      OptionSpec.builder("--resume")
          .paramLabel("HOW")
          .type(ClientSettings.Resume.class)
          .defaultValue("auto")
          .description(
              "auto: what the server speaks; v2: this version at once, saving a round trip; v1;"
                  + " off. Default: auto.")
          .build();
  private final OptionSpec proxy =
      OptionSpec.builder("--proxy")
          .paramLabel("[USER@]PROXY[:PORT],…")
          .type(String.class)
          .description(
              "Reach HOST, a node of a cluster, through any of these proxies. Logs in to the first"
                  + " that is there as ssh would.")
          .build();
  private final OptionSpec login =
      OptionSpec.builder("--login")
          .paramLabel("USER")
          .type(String.class)
          .description("With --proxy: the user at the node, so that the proxy can say no early.")
          .build();
  private final OptionSpec config =
      OptionSpec.builder("-F", "--ssh-config")
          .paramLabel("FILE")
          .type(String.class)
          .description("With --proxy: ssh's configuration for the proxies. Default: ssh's own.")
          .build();
  private final OptionSpec timeout =
      time("--timeout")
          .description(
              "Give up when there was no link for this long. Default: as long as the server keeps"
                  + " the stream.")
          .build();
  private final OptionSpec connectTimeout =
      time("--connect-timeout")
          .defaultValue("30s")
          .description("Time for the first connection. Default: 30s.")
          .build();
  private final OptionSpec quiet = flag("Say nothing while the link is away.", "-q", "--quiet");
  private final OptionSpec verbose =
      flag("Tell everything that happens to the link.", "-v", "--verbose");

  /** Adds the options to {@code spec}, whose parsing sets them. */
  void describe(CommandSpec spec) {
    spec.addPositional(host).addPositional(port);
    spec.addOption(proxy).addOption(login).addOption(config);
    spec.addOption(resume).addOption(timeout).addOption(connectTimeout);
    spec.addOption(quiet).addOption(verbose);
    spec.addOption(help("-h", "--help").usageHelp(true).build());
    spec.addOption(version("-V", "--version").versionHelp(true).build());
  }

  private static PositionalParamSpec argument(String index, String label, String description) {
    return PositionalParamSpec.builder()
        .index(index)
        .paramLabel(label)
        .description(description)
        .type(String.class)
        .required(true)
        .build();
  }

  private static OptionSpec.Builder time(String name) {
    ITypeConverter<Duration> reader = new TimeSpan();
    return OptionSpec.builder(name).paramLabel("TIME").type(Duration.class).converters(reader);
  }

  private static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names).type(boolean.class).description(description).build();
  }

  private static OptionSpec.Builder help(String... names) {
    return OptionSpec.builder(names).description("Show this help message and exit.");
  }

  private static OptionSpec.Builder version(String... names) {
    return OptionSpec.builder(names).description("Print version information and exit.");
  }

  /** Where to. */
  Destination destination() {
    String name = host.getValue();
    String number = port.getValue();
    if (proxies() != null) {
      return DestinationAddress.of(ProxyRoad.nodeName(name), number, name + " " + number);
    }
    return DestinationAddress.of(name, number, name + " " + number);
  }

  /** The proxies through which a node is to be reached; null for a server that is dialled. */
  @Nullable String proxies() {
    return proxy.getValue();
  }

  /** The configuration of ssh's that counts for the proxies, if not the usual one. */
  Optional<String> sshConfig() {
    return Optional.ofNullable(config.getValue());
  }

  /** The node as the proxies are asked for it: its name or labels, and the user there, if told. */
  String target() {
    String name = host.getValue();
    String user = login.getValue();
    return user == null ? name : user + "@" + name;
  }

  /** How to connect to {@code to}. */
  ClientSettings settings(Destination to, Consumer<ClientEvent> events) {
    ClientSettings.Resume how = resume.getValue();
    Duration first = connectTimeout.getValue();
    return new ClientSettings(to, how, first, limit(), System.getenv(), events);
  }

  private @Nullable Duration limit() {
    return timeout.getValue();
  }

  /** Whether nothing is to be told. */
  boolean isQuiet() {
    return isSet(quiet);
  }

  /** Whether everything is to be told. */
  boolean isVerbose() {
    return isSet(verbose);
  }

  private static boolean isSet(ArgSpec flag) {
    return Boolean.TRUE.equals(flag.getValue());
  }
}
