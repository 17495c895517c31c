package dev.holdfast.client;

import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.SshFailure;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server: plainly or over a stream that outlives its links, through a ProxyCommand, or
 * over other servers (ProxyJump), each of them logged in to. Confined to its caller.
 */
final class Road implements AutoCloseable {
  /** Bytes that streams may hold: enough for a fast path's window in both directions. */
  private static final long MEMORY = 192L << 20;

  /** For a first connection, where the configuration has no bound. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** For a login, with all that is typed meanwhile. */
  private static final Duration LOGIN = Duration.ofHours(1);

  /** For what was written last to reach the server. */
  private static final long GOODBYE_NANOS = Duration.ofSeconds(2).toNanos();

  private static final byte[] IDENTIFICATION =
      (ClientEngine.IDENTIFICATION + "\r\n").getBytes(StandardCharsets.US_ASCII);

  private final Prompts prompts;
  private final LinkWatch watch;
  private final ClientEngine engine = ClientEngine.start();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private @Nullable StreamClient streams;
  private int hops;

  /**
   * A road on which nobody has gone.
   *
   * @param watch hears what happens to the links to a server
   */
  Road(Prompts prompts, LinkWatch watch) {
    this.prompts = prompts;
    this.watch = watch;
  }

  /** A server that was logged in to. */
  record Reached(ClientConnection connection, KnownHostsCheck check) {}

  /** Connects and logs in. */
  Reached reach(ClientConfig config) throws IOException {
    Duplex stream = dial(config);
    String address =
        proxies(config).isEmpty()
                && stream.remoteAddress() instanceof InetSocketAddress inet
                && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : config.hostname();
    KnownHostsCheck check = new KnownHostsCheck(config, address, prompts);
    try (Identities identities = Identities.of(config, prompts::passphrase, prompts::tell)) {
      PersonAtLogin person = new PersonAtLogin(config, prompts, check::isUnsafe);
      Target target =
          new Target(
              config.user(), Optional.of(identities), List.of(), person, check, false, LOGIN);
      ClientConnection connection = engine.connect(stream, target);
      opened.add(connection);
      return new Reached(connection, check);
    } catch (SshFailure e) {
      throw new IOException(text(config, e), e);
    }
  }

  private static String text(ClientConfig config, SshFailure failure) {
    return switch (failure.kind()) {
      case HOST_KEY -> "Host key verification failed.";
      case AUTHENTICATION ->
          "%s@%s: Permission denied (%s)."
              .formatted(config.user(), config.hostname(), String.join(",", failure.methods()));
      case TIMEOUT, CONNECTION ->
          "Connection to %s port %d failed: %s"
              .formatted(config.hostname(), config.port(), reason(failure));
    };
  }

  private static String reason(SshFailure failure) {
    Throwable cause = failure.getCause();
    String why = cause == null ? null : cause.getMessage();
    return why == null ? String.valueOf(failure.getMessage()) : why;
  }

  private Duplex dial(ClientConfig config) throws IOException {
    List<JumpHost> jumps = config.find(ClientOptions.PROXY_JUMP).orElse(List.of());
    Optional<String> command = config.find(ClientOptions.PROXY_COMMAND);
    if (!jumps.isEmpty()) {
      return over(jumps, config);
    }
    if (command.isPresent()) {
      return program(command.get(), config);
    }
    Optional<String> proxies = proxies(config);
    return proxies.isPresent() ? through(proxies.get(), config) : direct(config);
  }

  private static Optional<String> proxies(ClientConfig config) {
    return config.find(ClientOptions.HOLDFAST_PROXY).filter(it -> !it.equals("none"));
  }

  /** A stream to a node of a cluster; the node is known by its name only. */
  private Duplex through(String proxies, ClientConfig config) throws IOException {
    String target = config.user() + "@" + config.hostname();
    ProxyPassage passage = ProxyRoad.of(proxies, config, prompts).enter(target);
    opened.add(passage);
    Destination to = new Destination(ProxyRoad.nodeName(config.hostname()), config.port());
    StreamClient.Connection connection = streams().connect(settings(to, config), passage);
    opened.add(() -> connection.ending().await(GOODBYE_NANOS));
    return connection.duplex();
  }

  private Duplex over(List<JumpHost> jumps, ClientConfig config) throws IOException {
    if (++hops > JumpHost.MOST) {
      throw new IOException("There are more than " + JumpHost.MOST + " hosts on the way.");
    }
    JumpHost last = jumps.getLast();
    List<String> options = new ArrayList<>();
    last.user().ifPresent(user -> options.add("User " + user));
    last.port().ifPresent(port -> options.add("Port " + port));
    if (jumps.size() > 1) {
      List<String> before =
          jumps.subList(0, jumps.size() - 1).stream().map(JumpHost::listed).toList();
      options.add("ProxyJump " + String.join(",", before));
    }
    options.add("ClearAllForwardings yes");
    ClientConfig hop =
        ClientConfig.read(
            new ConfigQuery(last.host(), options, config.file(), ""), config.surroundings());
    return reach(hop)
        .connection()
        .connectTo(
            config.hostname(),
            config.port(),
            InetSocketAddress.createUnresolved("127.0.0.1", 65_535));
  }

  private Duplex program(String command, ClientConfig config) throws IOException {
    String shell = config.surroundings().environment().getOrDefault("SHELL", "/bin/sh");
    String line = config.tokens().expand(command);
    Process process =
        new ProcessBuilder(shell, "-c", "exec " + line)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    opened.add(process::destroy);
    return new StreamsDuplex(process.getInputStream(), process.getOutputStream(), process::destroy);
  }

  private Duplex direct(ClientConfig config) throws IOException {
    Destination to = destination(config);
    try {
      StreamClient.Connection connection =
          streams().connect(settings(to, config), _ -> IDENTIFICATION);
      opened.add(() -> connection.ending().await(GOODBYE_NANOS));
      return connection.duplex();
    } catch (IOException e) {
      throw new IOException(
          "connect to host %s port %d: %s"
              .formatted(config.hostname(), config.port(), e.getMessage()),
          e);
    }
  }

  private ClientSettings settings(Destination to, ClientConfig config) {
    Duration patience = config.get(ClientOptions.CONNECT_TIMEOUT);
    ClientOptions.LogLevel level = config.get(ClientOptions.LOG_LEVEL);
    return new ClientSettings(
        to,
        ClientSettings.Resume.valueOf(config.get(ClientOptions.HOLDFAST_RESUME).name()),
        patience.isPositive() ? patience : PATIENCE,
        null,
        config.surroundings().environment(),
        watch.of(
            to,
            level == ClientOptions.LogLevel.QUIET,
            level.compareTo(ClientOptions.LogLevel.DEBUG1) >= 0));
  }

  private static Destination destination(ClientConfig config) throws IOException {
    String host = config.hostname();
    try {
      boolean isLiteral = host.indexOf(':') >= 0;
      return new Destination(
          isLiteral ? InetAddress.ofLiteral(host).getHostAddress() : host, config.port());
    } catch (IllegalArgumentException e) {
      throw new IOException("Could not resolve hostname " + host + ": " + e.getMessage(), e);
    }
  }

  private StreamClient streams() throws IOException {
    StreamClient running = streams;
    if (running == null) {
      running = StreamClient.start(MEMORY, fault -> prompts.tell("link: " + fault));
      streams = running;
    }
    return running;
  }

  /** Ends everything, the farthest first. */
  @Override
  public void close() {
    for (AutoCloseable each : opened.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        // What was wanted of it is done or was told.
      }
    }
    opened.clear();
    engine.close();
    StreamClient running = streams;
    if (running != null) {
      running.close();
    }
  }
}
