package dev.holdfast.cli;

import dev.holdfast.link.GateEvent;
import dev.holdfast.node.LoginSessions;
import dev.holdfast.node.Porter;
import dev.holdfast.node.SessionSettings;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Machine;
import dev.holdfast.ssh.Passwords;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The demo at a terminal: the user's own shell in stock ssh, through {@code connect}, a bad network
 * and a proxy, on a node of a cluster. Everything but ssh and connect is in this process; all that
 * is kept goes with it.
 */
final class DemoShell {
  /** As the launcher starts {@code connect}. */
  private static final List<String> QUICK =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xlog:disable",
          "-Xlog:all=error,aot*=off:stderr",
          "-Xmx64m");

  private final PrintWriter out;
  private final int everyMillis;
  private final Survived survived = new Survived();

  /** Before the stream is there nothing can be survived. */
  private final CountDownLatch opened = new CountDownLatch(1);

  DemoShell(PrintWriter out, int everyMillis) {
    this.out = out;
    this.everyMillis = everyMillis;
  }

  /** Whether this machine has what it takes: processes by the node, and an ssh. */
  static boolean isPossible() {
    String path = System.getenv().getOrDefault("PATH", "");
    return System.getProperty("os.name").equals("Linux")
        && Stream.of(path.split(":", -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "ssh")));
  }

  /** Runs it until the shell ends; its exit status. */
  int run() throws IOException, InterruptedException {
    try (PassingDirectory directory = PassingDirectory.open("holdfast-demo");
        DemoCluster cluster = DemoCluster.open(directory.path())) {
      // ssh and connect begin while the rest does.
      Process ssh = shell(directory, cluster);
      directory.endToo(ssh);
      try (LoginSessions sessions = LoginSessions.open(SessionSettings.defaults())) {
        DemoProxy proxy =
            cluster.start((key, porter) -> server(key, porter, sessions), this::event);
        return await(ssh, cluster.network(), proxy);
      } finally {
        ssh.destroy();
        directory.hasEnded();
      }
    }
  }

  /** A node as others are, but that nobody gets in to by other keys than the cluster's. */
  private static ServerEngine server(KeyPair hostKey, Porter porter, LoginSessions sessions)
      throws IOException {
    try {
      return ServerEngine.serve(
          ServerSettings.DEFAULTS,
          Machine.linux(Passwords.NONE),
          List.of(hostKey),
          sessions,
          LoginWatch.NONE,
          porter,
          porter);
    } catch (SettingsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void event(GateEvent event) {
    if (event instanceof GateEvent.Opened) {
      opened.countDown();
    } else if (event instanceof GateEvent.Resumed) {
      survived.resumed();
    }
  }

  private Process shell(PassingDirectory directory, DemoCluster cluster) throws IOException {
    out.printf(
        "This is your shell, over SSH, on a node of a cluster. Every %.1f s the link below it%n"
            + "is broken, or the proxy restarted. Type on, and leave with exit.%n",
        everyMillis / 1000.0);
    out.flush();
    return new ProcessBuilder(command(directory, cluster)).inheritIO().start();
  }

  private int await(Process ssh, BadNetwork network, DemoProxy proxy) throws InterruptedException {
    Weather weather = new Weather(network, proxy::restart, survived, everyMillis);
    Thread running = Thread.ofVirtual().start(() -> begin(weather));
    int status = ssh.waitFor();
    weather.end();
    opened.countDown();
    running.join();
    out.println();
    out.print(survived.table());
    out.printf("%nYour shell survived %s.%n", survived.words());
    out.flush();
    return status;
  }

  private void begin(Weather weather) {
    try {
      opened.await();
      weather.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> command(PassingDirectory directory, DemoCluster cluster) {
    return List.of(
        "ssh",
        "-F",
        cluster.configuration().toString(),
        "-tt",
        "-q",
        "-l",
        System.getProperty("user.name"),
        "-o",
        "ProxyCommand="
            + words(directory.helping(connect(cluster.configuration())))
            + " --login %r %h %p",
        DemoCluster.NODE);
  }

  /** As ssh and a shell read it: ssh expands percent signs, and puts exec before it. */
  private static String words(List<String> words) {
    return words.stream()
        .map(word -> "'" + word.replace("'", "'\\''").replace("%", "%%") + "'")
        .collect(Collectors.joining(" "));
  }

  /** This Java with the options and the class path of this process. */
  private static List<String> connect(Path configuration) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--") || option.startsWith("-XX:AOTCache="))
        .forEach(words::add);
    words.addAll(QUICK);
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(Main.class.getName(), "connect", "-F", configuration.toString()));
    words.addAll(List.of("--proxy", DemoCluster.PROXY));
    return words;
  }
}
