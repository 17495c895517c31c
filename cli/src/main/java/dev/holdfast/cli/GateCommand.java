package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--take-over",
      description = "Take over the streams and listeners of the gate that runs at the same port.")
  private boolean takeOver;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Where gates find each other for --take-over. Default: /run/holdfast, or"
              + " $XDG_RUNTIME_DIR/holdfast.")
  private @Nullable Path stateDirectory;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    GateSettings settings = GateSettings.of(listen, to).withPatience(patience);
    Path directory = stateDirectory == null ? HandoverPoint.directory() : stateDirectory;
    Path meeting = directory.resolve("gate-" + listen.getFirst().getPort() + ".sock");
    Gate gate = start(settings, meeting, event -> log(err, event.text()));
    Runtime.getRuntime().addShutdownHook(new Thread(gate::close));
    CountDownLatch gone = new CountDownLatch(1);
    HandoverPoint.open(meeting, gate, problem -> log(err, problem), gone);
    gone.await();
    log(err, "handed over to the new process");
    return 0;
  }

  private Gate start(GateSettings settings, Path meeting, Consumer<GateEvent> events)
      throws IOException {
    if (takeOver) {
      Optional<DescriptorSocket> running = HandoverPoint.connect(meeting);
      if (running.isPresent()) {
        try (DescriptorSocket from = running.get()) {
          return Gate.takeOver(settings, from, events);
        }
      }
    }
    return Gate.start(settings, events);
  }

  private static synchronized void log(PrintWriter err, String text) {
    err.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text);
    err.flush();
  }
}
