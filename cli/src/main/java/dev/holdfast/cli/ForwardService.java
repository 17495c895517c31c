package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.client.Logins;
import dev.holdfast.client.OwnCommand;
import dev.holdfast.client.Surroundings;
import dev.holdfast.forward.ControlClient;
import dev.holdfast.forward.ControlFiles;
import dev.holdfast.forward.ControlPoint;
import dev.holdfast.forward.ForwardStatus;
import dev.holdfast.forward.Forwarder;
import dev.holdfast.forward.Servers;
import dev.holdfast.link.Linux;
import dev.holdfast.link.SocketDirectory;
import dev.holdfast.link.SystemCallException;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The forwarder of one user as a process. */
final class ForwardService {
  /** How long a service may take until it answers. */
  static final Duration START = Duration.ofSeconds(20);

  private static final long LOOK_MILLIS = 50;

  /** Bytes of the log that is begun anew when a service starts. */
  private static final long MOST_LOG = 1 << 20;

  private final ControlFiles files;
  private final ForwardConfiguration configuration;
  private final boolean foreground;
  private final boolean json;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Not running yet.
   *
   * @param foreground whether a person is there, who may be asked and sees what happens
   * @param json whether events are written as JSON
   */
  ForwardService(
      ControlFiles files,
      ForwardConfiguration configuration,
      boolean foreground,
      boolean json,
      PrintStream out,
      PrintStream err) {
    this.files = files;
    this.configuration = configuration;
    this.foreground = foreground;
    this.json = json;
    this.out = out;
    this.err = err;
  }

  /** The running service, started if there is none. */
  static ControlClient reach(ControlFiles files) throws IOException, InterruptedException {
    Optional<ControlClient> running = ControlClient.connect(files);
    if (running.isPresent()) {
      return running.get();
    }
    SocketDirectory.secure(files.directory(), (int) Surroundings.ofProcess().uid());
    Process started = start(files);
    long end = System.nanoTime() + START.toNanos();
    while (System.nanoTime() - end < 0) {
      running = ControlClient.connect(files);
      if (running.isPresent()) {
        return running.get();
      }
      if (!started.isAlive()) {
        running = ControlClient.connect(files);
        return running.orElseThrow(() ->
            new IOException(
                "The forwarder could not be started; %s says why.".formatted(files.log())));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    throw new IOException("The forwarder does not answer; see " + files.log() + ".");
  }

  /** As this process was started, with other arguments. */
  private static Process start(ControlFiles files) throws IOException {
    List<String> words = OwnCommand.words(Main.class.getName(), ForwardCommand.NAME, "--service");
    File log = files.log().toFile();
    if (log.length() > MOST_LOG) {
      Files.delete(files.log());
    }
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("HOLDFAST_DETACH", "1");
    return builder
        .directory(new File("/"))
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .redirectError(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  /** Runs until it is stopped, with these forwards to begin with. */
  void run(List<List<String>> first) throws IOException, InterruptedException {
    if (System.getenv("HOLDFAST_DETACH") != null) {
      detach();
    }
    long uid = Surroundings.ofProcess().uid();
    CountDownLatch stopped = new CountDownLatch(1);
    Logins logins = foreground ? Logins.attended(err) : Logins.unattended(err::println);
    try (Forwarder forwarder =
            Forwarder.start(
                Servers.start(logins, configuration.settings()),
                files.ports(),
                uid,
                configuration.hosts());
        ControlPoint _ = ControlPoint.open(files, uid, forwarder, stopped::countDown)) {
      Thread last = new Thread(forwarder::close, "forward-end");
      Runtime.getRuntime().addShutdownHook(last);
      forwarder.listen(this::print);
      for (List<String> words : first) {
        add(forwarder, words);
      }
      stopped.await();
    }
  }

  private void add(Forwarder forwarder, List<String> words) throws IOException {
    try {
      List<ForwardStatus> all = forwarder.add(words);
      if (foreground && !json) {
        all.forEach(
            each -> out.println(each.from() + " leads to " + each.to() + " of " + each.server()));
      }
    } catch (IOException e) {
      if (foreground) {
        throw e;
      }
      err.println("holdfast: " + String.join(" ", words) + ": " + e.getMessage());
    }
  }

  private void print(Map<String, Object> event) {
    synchronized (out) {
      out.println(json ? Json.from(event).line() : ForwardsText.line(event));
      out.flush();
    }
  }

  /** Leaves the terminal's session, so that its end is not ours (setsid(2)). */
  private static void detach() {
    try {
      Linux.call("setsid", state -> (int) Detach.SETSID.invokeExact(state));
    } catch (SystemCallException e) {
      // We lead a session already.
    }
  }

  /** Linked when it is needed. */
  private static final class Detach {
    static final java.lang.invoke.MethodHandle SETSID = Linux.function("setsid", Linux.INT);
  }
}
