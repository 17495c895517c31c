package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast gate}: resumption in front of an existing server. */
@Command(
    name = "gate",
    description = {
      "Put resumption in front of an sshd, or any TCP server.",
      "",
      "Clients that know nothing of it are joined to the server untouched. A client's side:",
      "ProxyCommand holdfast connect %%h %%p"
    },
    mixinStandardHelpOptions = true)
final class GateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-l", "--listen"},
      paramLabel = "[HOST:]PORT",
      required = true,
      converter = ListenAddress.class,
      description = "Accept clients here; may be given several times.")
  private List<InetSocketAddress> listen;

  @Option(
      names = {"-t", "--to"},
      paramLabel = "[HOST:]PORT",
      required = true,
      converter = DestinationAddress.class,
      description = "The server behind.")
  private Destination to;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "24h",
      description = "Keep a stream without a link for this long. Default: 24h.")
  private Duration patience;

  @Override
  public Integer call() throws IOException, InterruptedException {
    GateSettings usual = GateSettings.of(listen, to);
    PrintWriter err = spec.commandLine().getErr();
    Gate gate = Gate.start(usual.withPatience(patience), event -> log(err, event));
    Runtime.getRuntime().addShutdownHook(new Thread(gate::close));
    new CountDownLatch(1).await();
    return 0;
  }

  private static synchronized void log(PrintWriter err, GateEvent event) {
    err.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + event.text());
    if (event instanceof GateEvent.Fault fault) {
      fault.thrown().printStackTrace(err);
    }
    err.flush();
  }
}
