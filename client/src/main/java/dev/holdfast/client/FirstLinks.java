package dev.holdfast.client;

import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Passage;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The links that this machine makes by itself, with which a {@link Road} begins. Thread-safe. */
final class FirstLinks {
  /** For a first connection, where the configuration has no bound. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A connection in place of a lost one is dialled again so soon, as what was dialled is lost. */
  private static final Duration PACE = Duration.ofMillis(300);

  private static final byte[] IDENTIFICATION =
      (ClientEngine.IDENTIFICATION + "\r\n").getBytes(StandardCharsets.US_ASCII);

  private final Ways ways;
  private final LinkWatch watch;
  private final Map<Destination, Consumer<ClientEvent>> heard = new ConcurrentHashMap<>();
  private final LinkLog log = new LinkLog(System::nanoTime);

  /**
   * With what all roads share.
   *
   * @param watch hears what happens to the links
   */
  FirstLinks(Ways ways, LinkWatch watch) {
    this.ways = ways;
    this.watch = watch;
  }

  /**
   * Makes the first link to a server, and what goes on it.
   *
   * @param most how long that may take; zero for what the configuration says
   */
  StreamClient.Connection connect(ClientConfig config, Duration most) throws IOException {
    ClientSettings settings = settings(destination(config), config, most);
    try {
      return streams().connect(settings, _ -> IDENTIFICATION);
    } catch (IOException e) {
      throw new IOException(
          "connect to host %s port %d: %s"
              .formatted(config.hostname(), config.port(), e.getMessage()),
          e);
    }
  }

  /** The same to a node that proxies lead to. */
  StreamClient.Connection connect(ClientConfig config, Duration most, Passage passage)
      throws IOException {
    Destination node = new Destination(ProxyRoad.nodeName(config.hostname()), config.port());
    return streams().connect(settings(node, config, most), passage);
  }

  private ClientSettings settings(Destination to, ClientConfig config, Duration most)
      throws IOException {
    Duration patience = most.isPositive() ? most : config.get(ClientOptions.CONNECT_TIMEOUT);
    return new ClientSettings(
        to,
        ClientSettings.Resume.valueOf(config.get(ClientOptions.HOLDFAST_RESUME).name()),
        patience.isPositive() ? patience : PATIENCE,
        most.isPositive() ? PACE : Duration.ZERO,
        null,
        LeavingBy.of(config),
        config.surroundings().environment(),
        events(config));
  }

  /** Where the first link to the server goes, if this machine makes it by itself. */
  Optional<Destination> destinationOf(ClientConfig config) throws IOException {
    boolean isDirect =
        config.find(ClientOptions.PROXY_COMMAND).isEmpty()
            && config.find(ClientOptions.HOLDFAST_PROXY).filter(it -> !it.equals("none")).isEmpty()
            && config.find(ClientOptions.PROXY_JUMP).orElse(List.of()).isEmpty();
    return isDirect ? Optional.of(destination(config)) : Optional.empty();
  }

  /** Who hears what happens to the links to a server: the same for all of them. */
  Consumer<ClientEvent> events(ClientConfig config) {
    try {
      return heard.computeIfAbsent(destination(config), to -> events(config, to));
    } catch (IOException e) {
      // A name that only a ProxyCommand understands.
      return event -> {};
    }
  }

  private Consumer<ClientEvent> events(ClientConfig config, Destination to) {
    ClientOptions.LogLevel level = config.get(ClientOptions.LOG_LEVEL);
    return log.andThen(
        watch.of(
            to,
            !config.get(ClientOptions.HOLDFAST_STATUS) || level == ClientOptions.LogLevel.QUIET,
            level.compareTo(ClientOptions.LogLevel.DEBUG1) >= 0));
  }

  /** What they have lived through. */
  LinkLog log() {
    return log;
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

  /** What makes links, and hears of the network. */
  StreamClient streams() throws IOException {
    return ways.streams();
  }
}
