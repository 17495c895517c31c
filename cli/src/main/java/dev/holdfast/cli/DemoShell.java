package dev.holdfast.cli;

import dev.holdfast.link.Behind;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import dev.holdfast.node.LoginSessions;
import dev.holdfast.node.SessionSettings;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
 * and a node. Everything but ssh and connect is in this process; keys are thrown away.
 */
final class DemoShell {
  private static final String HOST = "demo";

  private final PrintWriter out;
  private final int everyMillis;
  private final Survived survived = new Survived();

  /** Before the stream is there nothing can be survived. */
  private final CountDownLatch opened = new CountDownLatch(1);

  private volatile boolean done;

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
    Path directory = Files.createTempDirectory("holdfast-demo");
    try {
      return run(directory);
    } finally {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  private int run(Path directory) throws IOException, InterruptedException {
    KeyPair hostKey = HostKeyFiles.loadOrMakeEd25519(directory.resolve("host"));
    KeyPair userKey = HostKeyFiles.loadOrMakeEd25519(directory.resolve("user"));
    Files.writeString(
        directory.resolve("known"), HOST + " " + SshKeys.line(hostKey.getPublic()) + "\n");
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (LoginSessions sessions = LoginSessions.open(SessionSettings.defaults());
        ServerEngine server =
            ServerEngine.serve(
                List.of(hostKey), Authenticator.only(userKey.getPublic()), sessions);
        Gate gate =
            Gate.start(
                GateSettings.of(
                    List.of(anywhere),
                    new Behind.InProcess((connection, name) -> accept(server, connection))),
                this::event);
        BadNetwork network = BadNetwork.before((InetSocketAddress) gate.addresses().getFirst())) {
      return shell(directory, network);
    }
  }

  private static void accept(ServerEngine server, Duplex connection) {
    try {
      server.accept(connection);
    } catch (IOException e) {
      connection.close();
    }
  }

  private void event(GateEvent event) {
    if (event instanceof GateEvent.Opened) {
      opened.countDown();
    } else if (event instanceof GateEvent.Resumed) {
      survived.resumed();
    }
  }

  private int shell(Path directory, BadNetwork network) throws IOException, InterruptedException {
    out.printf(
        "This is your shell, over SSH. The link below it is broken every %.1f s; type on, and leave"
            + " with exit.%n",
        everyMillis / 1000.0);
    out.flush();
    Process ssh = new ProcessBuilder(command(directory, network.port())).inheritIO().start();
    Thread weather = Thread.ofVirtual().start(() -> makeWeather(network));
    int status = ssh.waitFor();
    done = true;
    weather.interrupt();
    weather.join();
    out.println();
    out.print(survived.table());
    out.printf("%nYour shell survived %d faults of its network.%n", survived.faults());
    out.flush();
    return status;
  }

  private static List<String> command(Path directory, int port) {
    return List.of(
        "ssh",
        "-F",
        "none",
        "-tt",
        "-q",
        "-p",
        Integer.toString(port),
        "-l",
        System.getProperty("user.name"),
        "-i",
        directory.resolve("user").toString(),
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "HostKeyAlias=" + HOST,
        "-o",
        "UserKnownHostsFile=" + directory.resolve("known"),
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "ProxyCommand=" + connect() + " %h %p",
        "127.0.0.1");
  }

  /**
   * This Java with the options and the class path of this process, as ssh and a shell read it: ssh
   * expands percent signs, and puts exec before it.
   */
  private static String connect() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--"))
        .forEach(words::add);
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    words.addAll(List.of(Main.class.getName(), "connect", "--resume", "v2"));
    return words.stream()
        .map(word -> "'" + word.replace("'", "'\\''").replace("%", "%%") + "'")
        .collect(Collectors.joining(" "));
  }

  private void makeWeather(BadNetwork network) {
    try {
      opened.await();
      for (int i = 0; !done; i++) {
        Thread.sleep(everyMillis);
        BadNetwork.Fault fault = Demo.WEATHER.get(i % Demo.WEATHER.size());
        if (!done && survived.isMended()) {
          survived.happens(fault);
          network.happen(fault);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
