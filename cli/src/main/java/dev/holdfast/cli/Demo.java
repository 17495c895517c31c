package dev.holdfast.cli;

import dev.holdfast.client.ProxyPassage;
import dev.holdfast.client.ProxyRoad;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.CopyPrograms;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code holdfast demo}: a whole cluster in this process, over a bad network, and what it survived.
 */
@Command(
    name = "demo",
    description = {
      "Work in a shell, or without a terminal copy bytes both ways, while the link below is"
          + " broken and the proxy restarted.",
      "",
      "An auth service, a proxy, a node that nobody can dial, and a bad network run in this one"
          + " process, with throw-away keys",
      "in a temporary directory. The link is reset, dies silently, flips bits and changes the"
          + " client's address. Prints what",
      "happened, and for a copy the SHA-256 of both ends; that exits with 0 only if they are"
          + " equal."
    },
    mixinStandardHelpOptions = true)
final class Demo implements Callable<Integer> {
  private static final long MEMORY = 512L << 20;

  @Spec private CommandSpec spec;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "256",
      description = "How much to copy in each direction. Default: 256.")
  private int megabytes;

  @Option(
      names = "--every",
      paramLabel = "MS",
      description = "Milliseconds from one fault to the next. Default: 500, and 5000 for a shell.")
  private @Nullable Integer every;

  @Option(names = "--copy", description = "Copy, even at a terminal.")
  private boolean copy;

  private final Survived survived = new Survived();
  private final AtomicLong copied = new AtomicLong();
  private volatile boolean done;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!copy && Terminal.isInteractive() && DemoShell.isPossible()) {
      return new DemoShell(spec.commandLine().getOut(), every == null ? 5000 : every).run();
    }
    try (PassingDirectory directory = PassingDirectory.open("holdfast-demo");
        DemoCluster cluster = DemoCluster.open(directory.path());
        StreamClient streams = StreamClient.start(MEMORY, this::defect);
        ClientEngine client = ClientEngine.start()) {
      DemoProxy proxy = cluster.start((key, porter) -> server(key, cluster), event -> {});
      Target target =
          new Target(
              "demo",
              List.of(cluster.userKey()),
              cluster.nodeCheck(),
              false,
              Duration.ofSeconds(30));
      try (ProxyPassage passage = passage(cluster);
          ClientConnection connection = client.connect(connect(streams, passage), target)) {
        Weather weather = new Weather(cluster.network(), proxy::restart, survived, everyMillis());
        return copyBothWays(connection, weather) ? 0 : 1;
      }
    }
  }

  private int everyMillis() {
    return every == null ? 500 : every;
  }

  private static ServerEngine server(KeyPair hostKey, DemoCluster cluster) {
    return ServerEngine.start(
        List.of(hostKey), Authenticator.only(cluster.userKey().getPublic()), new CopyPrograms());
  }

  private void defect(Throwable thrown) {
    thrown.printStackTrace(spec.commandLine().getErr());
  }

  private ProxyPassage passage(DemoCluster cluster) throws IOException {
    return ProxyRoad.of(
            DemoCluster.PROXY, Optional.of(cluster.configuration().toString()), System.err)
        .enter(DemoCluster.NODE);
  }

  private Duplex connect(StreamClient streams, ProxyPassage passage) throws IOException {
    ClientSettings settings =
        new ClientSettings(
            new Destination(DemoCluster.NODE, NodeConfiguration.PORT),
            ClientSettings.Resume.V2,
            Duration.ofSeconds(10),
            null,
            Map.of(),
            survived);
    return streams.connect(settings, passage).duplex();
  }

  private boolean copyBothWays(ClientConnection connection, Weather weather)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long bytes = (long) megabytes << 20;
    out.printf(
        "Copying %d MiB up and %d MiB down over SSH, to a node of a cluster; every %d ms the link"
            + " breaks or the proxy is restarted.%n%n",
        megabytes, megabytes, everyMillis());
    out.flush();
    long start = System.nanoTime();
    Thread happening = Thread.ofPlatform().daemon().start(weather);
    Thread progress = Thread.ofVirtual().start(() -> showProgress(2 * bytes));
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Copy> up =
          CompletableFuture.supplyAsync(() -> up(connection, bytes), executor);
      CompletableFuture<Copy> down =
          CompletableFuture.supplyAsync(() -> down(connection, bytes), executor);
      Copy sent = up.join();
      Copy received = down.join();
      done = true;
      weather.end();
      happening.join();
      progress.join();
      report(out, sent, received, (System.nanoTime() - start) / 1e9);
      return sent.isEqual() && received.isEqual();
    } catch (CompletionException e) {
      done = true;
      weather.end();
      out.println("The copy failed: " + e.getMessage());
      out.print(survived.table());
      out.flush();
      return false;
    }
  }

  /** One direction's copy: the SHA-256 of both ends. */
  private record Copy(String from, String to) {
    boolean isEqual() {
      return from.equals(to);
    }
  }

  private Copy up(ClientConnection connection, long bytes) {
    try (RemoteCommand sink = connection.start("sink")) {
      String sent;
      try (OutputStream stdin = sink.stdin()) {
        sent = CopyPrograms.copy(counted(CopyPrograms.bytes(bytes, 1)), stdin);
      }
      return new Copy(sent, line(sink.stdout()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Copy down(ClientConnection connection, long bytes) {
    try (RemoteCommand source = connection.start("source " + bytes + " 2")) {
      String received =
          CopyPrograms.copy(counted(source.stdout()), OutputStream.nullOutputStream());
      return new Copy(line(source.stderr()), received);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(InputStream from) throws IOException {
    return new String(from.readAllBytes(), StandardCharsets.US_ASCII).strip();
  }

  private InputStream counted(InputStream from) {
    return new CountedInput(from, copied);
  }

  private void showProgress(long all) {
    if (Terminal.standardError() != Terminal.Sink.TERMINAL) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    try {
      while (!done) {
        err.printf(
            Locale.ROOT,
            "\r%3d %%  %d faults survived ",
            100 * copied.get() / all,
            survived.faults());
        err.flush();
        Thread.sleep(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    err.print("\r\033[K");
    err.flush();
  }

  private void report(PrintWriter out, Copy up, Copy down, double seconds) {
    out.print(survived.table());
    out.println();
    report(out, "up", up);
    report(out, "down", down);
    out.printf(
        Locale.ROOT,
        "%n%s in %.1f s, %.0f MiB/s in each direction at once.%n",
        up.isEqual() && down.isEqual() ? "Nothing lost, nothing twice," : "NOT EQUAL,",
        seconds,
        megabytes / seconds);
    out.flush();
  }

  private static void report(PrintWriter out, String way, Copy copy) {
    out.printf("%-5s SHA-256 where it began  %s%n", way, copy.from);
    out.printf(
        "%-5s         where it ended  %s  %s%n",
        "", copy.to, copy.isEqual() ? "equal" : "DIFFERENT");
  }
}
