package dev.holdfast.cli;

import dev.holdfast.link.Behind;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.CopyPrograms;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast demo}: SSH over a bad network, all in this process, and what it survived. */
@Command(
    name = "demo",
    description = {
      "Copy bytes both ways over SSH while the link below is broken every half second.",
      "",
      "An SSH client, a bad network and an SSH server run in this one process, with throw-away"
          + " keys. The link is reset, dies",
      "silently, flips bits and changes the client's address. Prints what happened and the SHA-256"
          + " of both ends; exits with 0",
      "only if they are equal."
    },
    mixinStandardHelpOptions = true)
final class Demo implements Callable<Integer> {
  private static final long MEMORY = 512L << 20;

  private static final List<BadNetwork.Fault> WEATHER =
      List.of(
          BadNetwork.Fault.RESET,
          BadNetwork.Fault.FLIP,
          BadNetwork.Fault.RESET,
          BadNetwork.Fault.MOVE,
          BadNetwork.Fault.RESET,
          BadNetwork.Fault.SILENCE);

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
      defaultValue = "500",
      description = "Milliseconds from one fault to the next. Default: 500.")
  private int everyMillis;

  private final Survived survived = new Survived();
  private final AtomicLong copied = new AtomicLong();
  private volatile boolean done;

  @Override
  public Integer call() throws IOException, InterruptedException {
    KeyPair hostKey = SshKeys.generateEd25519();
    KeyPair userKey = SshKeys.generateEd25519();
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerEngine server =
            ServerEngine.start(
                List.of(hostKey), Authenticator.only(userKey.getPublic()), new CopyPrograms());
        Gate gate = Gate.start(GateSettings.of(List.of(anywhere), inProcess(server)), event -> {});
        BadNetwork network = BadNetwork.before((InetSocketAddress) gate.addresses().getFirst());
        StreamClient streams = StreamClient.start(MEMORY, this::defect);
        ClientEngine client = ClientEngine.start()) {
      Duplex stream = connect(streams, network);
      Target target =
          new Target(
              "demo",
              List.of(userKey),
              HostKeyCheck.only(hostKey.getPublic()),
              false,
              Duration.ofSeconds(30));
      try (ClientConnection connection = client.connect(stream, target)) {
        return copyBothWays(connection, network) ? 0 : 1;
      }
    }
  }

  private static Behind inProcess(ServerEngine server) {
    return new Behind.InProcess(connection -> {
      try {
        server.accept(connection);
      } catch (IOException e) {
        connection.close();
      }
    });
  }

  private void defect(Throwable thrown) {
    thrown.printStackTrace(spec.commandLine().getErr());
  }

  private Duplex connect(StreamClient streams, BadNetwork network) throws IOException {
    ClientSettings settings =
        new ClientSettings(
            new Destination("127.0.0.1", network.port()),
            ClientSettings.Resume.V2,
            Duration.ofSeconds(10),
            null,
            Map.of(),
            survived);
    return streams.connect(settings, wait -> null).duplex();
  }

  private boolean copyBothWays(ClientConnection connection, BadNetwork network)
      throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    long bytes = (long) megabytes << 20;
    out.printf(
        "Copying %d MiB up and %d MiB down over SSH, breaking the link every %d ms.%n%n",
        megabytes, megabytes, everyMillis);
    out.flush();
    long start = System.nanoTime();
    Thread weather = Thread.ofPlatform().daemon().start(() -> makeWeather(network));
    Thread progress = Thread.ofVirtual().start(() -> showProgress(2 * bytes));
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Copy> up =
          CompletableFuture.supplyAsync(() -> up(connection, bytes), executor);
      CompletableFuture<Copy> down =
          CompletableFuture.supplyAsync(() -> down(connection, bytes), executor);
      Copy sent = up.join();
      Copy received = down.join();
      done = true;
      weather.join();
      progress.join();
      report(out, sent, received, (System.nanoTime() - start) / 1e9);
      return sent.isEqual() && received.isEqual();
    } catch (CompletionException e) {
      done = true;
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

  private void makeWeather(BadNetwork network) {
    try {
      for (int i = 0; !done; i++) {
        Thread.sleep(everyMillis);
        BadNetwork.Fault fault = WEATHER.get(i % WEATHER.size());
        if (!done && survived.isMended()) {
          survived.happens(fault);
          network.happen(fault);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
