package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.ClientOffer;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.LoginKeys;
import dev.holdfast.ssh.SshFailure;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server: plainly or over a stream that outlives its links, through a ProxyCommand, or
 * over other servers (ProxyJump), each of them logged in to. Confined to its caller.
 */
final class Road implements AutoCloseable {
  /** For a login, with all that is typed meanwhile. */
  private static final Duration LOGIN = Duration.ofHours(1);

  private final Prompts prompts;
  private final FirstLinks links;
  private final Ways ways;
  private final boolean ownsWays;
  private final UnlockedKeys unlocked = new UnlockedKeys();
  private final List<Leg> legs = new ArrayList<>();
  private volatile @Nullable Duplex beingReached;
  private Haste haste = Haste.NONE;
  private int hops;

  /**
   * A road on which nobody has gone.
   *
   * @param watch hears what happens to the links to a server
   */
  Road(Prompts prompts, LinkWatch watch) {
    this(prompts, watch, Ways.engineToCome());
  }

  /** The same with an engine that somebody has begun to make. */
  Road(Prompts prompts, LinkWatch watch, CompletableFuture<ClientEngine> engine) {
    this(prompts, watch, new Ways(prompts::tell, engine), true);
  }

  /** One of many with the same {@code ways}. */
  static Road among(Ways ways, Prompts prompts, LinkWatch watch) {
    return new Road(prompts, watch, ways, false);
  }

  private Road(Prompts prompts, LinkWatch watch, Ways ways, boolean ownsWays) {
    this.prompts = prompts;
    this.ways = ways;
    this.ownsWays = ownsWays;
    links = new FirstLinks(ways, watch);
  }

  /** A part of the way that is to be closed at its end. */
  private interface Leg {
    /** Says goodbye. */
    void end() throws Exception;

    /** Goes without a word. */
    void drop();
  }

  /**
   * How long the way may take.
   *
   * @param connect to the first server; zero for what the configuration says
   * @param login with all that is asked meanwhile
   */
  record Haste(Duration connect, Duration login) {
    static final Haste NONE = new Haste(Duration.ZERO, LOGIN);
  }

  /**
   * A server that was logged in to.
   *
   * @param from our end of the first link's address, where it is known
   */
  record Reached(ClientConnection connection, KnownHostsCheck check, Optional<InetAddress> from) {}

  /** Connects and logs in. */
  Reached reach(ClientConfig config) throws IOException {
    return reach(config, Haste.NONE);
  }

  /** The same in a bounded time. */
  Reached reach(ClientConfig config, Haste most) throws IOException {
    haste = most;
    hops = 0;
    try {
      return hop(config);
    } finally {
      beingReached = null;
    }
  }

  /**
   * The same where the server is known otherwise than by known_hosts.
   *
   * @param keys to log in with; if there are none, those of the configuration
   */
  ClientConnection reach(ClientConfig config, HostKeyCheck check, List<KeyPair> keys)
      throws IOException {
    haste = Haste.NONE;
    hops = 0;
    Duplex stream = dial(config);
    try (Identities identities =
        Identities.of(config, prompts::passphrase, prompts::tell, unlocked)) {
      PersonAtLogin person = new PersonAtLogin(config, prompts, () -> false);
      Optional<LoginKeys> usual = keys.isEmpty() ? Optional.of(identities) : Optional.empty();
      Target target =
          new Target(config.user(), usual, keys, person, check, false, Offer.of(config), LOGIN);
      ClientConnection connection = ways.engine().connect(stream, target);
      legs.add(leg(connection, connection::sever));
      return connection;
    } catch (SshFailure e) {
      throw failure(config, e);
    }
  }

  private Reached hop(ClientConfig config) throws IOException {
    Readied ready = ready(config);
    try (Identities _ = ready.identities()) {
      ClientConnection connection = ways.engine().connect(ready.stream(), ready.target());
      legs.add(leg(connection, connection::sever));
      return new Reached(connection, ready.check(), localAddress(ready.stream()));
    } catch (SshFailure e) {
      throw failure(config, e);
    }
  }

  /** A server before the login. */
  record Readied(Duplex stream, Target target, KnownHostsCheck check, Identities identities) {}

  /** Connects, and leaves the login to somebody else. */
  Readied ready(ClientConfig config, Haste most) throws IOException {
    haste = most;
    hops = 0;
    return ready(config);
  }

  private Readied ready(ClientConfig config) throws IOException {
    Duplex stream = dial(config);
    beingReached = stream;
    String address =
        proxies(config).isEmpty()
                && stream.remoteAddress() instanceof InetSocketAddress inet
                && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : config.hostname();
    KnownHostsCheck check = new KnownHostsCheck(config, address, prompts);
    ClientOffer offer = Offer.of(config);
    Identities identities = Identities.of(config, prompts::passphrase, prompts::tell, unlocked);
    PersonAtLogin person = new PersonAtLogin(config, prompts, check::isUnsafe);
    Target target =
        new Target(
            config.user(),
            Optional.of(identities),
            List.of(),
            person,
            check,
            false,
            offer,
            haste.login());
    return new Readied(stream, target, check, identities);
  }

  private static Leg leg(AutoCloseable ending, Runnable dropping) {
    return new Leg() {
      @Override
      public void end() throws Exception {
        ending.close();
      }

      @Override
      public void drop() {
        dropping.run();
      }
    };
  }

  private static Optional<InetAddress> localAddress(Duplex stream) {
    return stream.localAddress() instanceof InetSocketAddress inet
            && inet.getAddress() != null
            && !inet.getAddress().isAnyLocalAddress()
        ? Optional.of(inet.getAddress())
        : Optional.empty();
  }

  private static IOException failure(ClientConfig config, SshFailure failure) {
    return switch (failure.kind()) {
      case HOST_KEY -> new LoginRefused("Host key verification failed.", failure);
      case AUTHENTICATION ->
          new LoginRefused(
              "%s@%s: Permission denied (%s)."
                  .formatted(config.user(), config.hostname(), String.join(",", failure.methods())),
              failure);
      case TOO_MANY -> new NoRoomException(String.valueOf(failure.getMessage()), failure);
      case TURNED_AWAY -> new LoginRefused(String.valueOf(failure.getMessage()), failure);
      case TIMEOUT, CONNECTION ->
          new IOException(
              "Connection to %s port %d failed: %s"
                  .formatted(config.hostname(), config.port(), reason(failure)),
              failure);
    };
  }

  private static String reason(SshFailure failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause().getMessage() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private Duplex dial(ClientConfig config) throws IOException {
    List<JumpHost> jumps = config.find(ClientOptions.PROXY_JUMP).orElse(List.of());
    Optional<String> command = config.find(ClientOptions.PROXY_COMMAND);
    if (!jumps.isEmpty()) {
      return over(jumps, config);
    }
    // Before a ProxyCommand, which stands beside it for ssh.
    Optional<String> proxies = proxies(config);
    if (proxies.isPresent()) {
      return through(proxies.get(), config);
    }
    return command.isPresent() ? program(command.get(), config) : direct(config);
  }

  private static Optional<String> proxies(ClientConfig config) {
    return config.find(ClientOptions.HOLDFAST_PROXY).filter(it -> !it.equals("none"));
  }

  /** A stream to a node of a cluster; the node is known by its name only. */
  private Duplex through(String proxies, ClientConfig config) throws IOException {
    String target = config.user() + "@" + config.hostname();
    ProxyPassage passage = ProxyRoad.of(proxies, config, prompts).enter(target);
    legs.add(leg(passage, passage::close));
    StreamClient.Connection connection = links.connect(config, haste.connect(), passage);
    return streamOf(connection);
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
    return hop(hop)
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
    legs.add(leg(process::destroy, process::destroy));
    return new StreamsDuplex(process.getInputStream(), process.getOutputStream(), process::destroy);
  }

  private Duplex direct(ClientConfig config) throws IOException {
    StreamClient.Connection connection = links.connect(config, haste.connect());
    return streamOf(connection);
  }

  private Duplex streamOf(StreamClient.Connection connection) {
    Farewells.owe(connection);
    legs.add(leg(() -> Farewells.say(connection), () -> Farewells.drop(connection)));
    return connection.duplex();
  }

  /** The links with which roads begin. */
  FirstLinks links() {
    return links;
  }

  /** Gives up the server that is being reached, so that reaching it fails; for any thread. */
  void abandon() {
    Duplex stream = beingReached;
    if (stream != null) {
      stream.close();
    }
  }

  /** Leaves a way that is lost, all of it, so that another one can be gone. */
  void leave() {
    for (Leg leg : legs.reversed()) {
      leg.drop();
    }
    legs.clear();
  }

  /** Ends everything, the farthest first. */
  @Override
  public void close() {
    for (Leg leg : legs.reversed()) {
      try {
        leg.end();
      } catch (Exception e) {
        // What was wanted of it is done or was told.
      }
    }
    legs.clear();
    if (ownsWays) {
      ways.close();
    }
  }
}
