package dev.holdfast.proxy;

import dev.holdfast.link.Caller;
import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ChannelRoutes;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.RouteRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Leads users who are logged in to nodes: their direct-tcpip channels, as {@code ssh -J} opens
 * them. Thread-safe.
 */
final class Concierge implements ChannelRoutes {
  private final Judge cluster;
  private final NodeRoads roads;
  private final Watch watch;
  private final Duration pause;
  private final Farewell farewell;
  private final @Nullable Stopovers stopovers;
  private final ProxyLog log;

  /** Ends SSH connections. */
  @FunctionalInterface
  interface Farewell {
    /** Ends the connection of that name and tells its client why. */
    void end(String connection, String why);
  }

  /**
   * One.
   *
   * @param pause between two decisions about the same channel
   * @param stopovers for those who are to be recorded; null if nobody is
   */
  Concierge(
      Judge cluster,
      NodeRoads roads,
      Watch watch,
      Duration pause,
      Farewell farewell,
      @Nullable Stopovers stopovers,
      ProxyLog log) {
    this.stopovers = stopovers;
    this.farewell = farewell;
    this.cluster = cluster;
    this.roads = roads;
    this.watch = watch;
    this.pause = pause;
    this.log = log;
  }

  /** Where {@code target} leads for {@code login}. */
  Route route(Login login, String target) {
    if (login.user().startsWith(Proxy.NODE_USER)) {
      return new Route.Refused("A node is reached, and reaches nobody.", true);
    }
    String as = target.substring(0, Math.max(0, target.lastIndexOf('@')));
    InetAddress from = address(login);
    return Route.to(
        local(target),
        roads.nodes(),
        node -> cluster.decide(new Judge.Wish(login.user(), as, node, from)));
  }

  /** A node may be called by its full name, which ends with the cluster's. */
  private String local(String target) {
    String suffix = "." + cluster.cluster();
    return suffix.length() > 1 && target.toLowerCase(Locale.ROOT).endsWith(suffix)
        ? target.substring(0, target.length() - suffix.length())
        : target;
  }

  /** What {@code login} wishes who has found a route. */
  Judge.Wish wish(Login login, Route.Found found) {
    return new Judge.Wish(login.user(), found.login(), found.node(), address(login));
  }

  private static InetAddress address(Login login) {
    return login.from() instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /** The port is not looked at: a node is a name, and it is its gate that answers. */
  @Override
  public Duplex connect(Login login, String host, int port) throws IOException {
    return switch (route(login, host)) {
      case Route.Refused(String sentence, boolean prohibited) -> {
        log.say(
            ProxyLog.Weight.NEWS,
            "refused",
            "%s wants to reach '%s': %s".formatted(login.user(), Route.shown(host), sentence));
        throw new RouteRefusedException(sentence, prohibited);
      }
      case Route.Found found -> reach(login, found);
    };
  }

  private Duplex reach(Login login, Route.Found found) throws IOException {
    Stopovers recording = stopovers;
    return recording != null && Stopover.isFor(found.options())
        ? interrupted(login, found, recording)
        : through(login, found);
  }

  private static Duplex interrupted(Login login, Route.Found found, Stopovers recording)
      throws IOException {
    try {
      return recording.open(new Stopover(login.user(), found.login(), found.node()), login.from());
    } catch (IOException e) {
      throw new RouteRefusedException(
          "'%s' can't be recorded now, so you can't go there: %s"
              .formatted(found.node().name(), e.getMessage()),
          false);
    }
  }

  private Duplex through(Login login, Route.Found found) throws IOException {
    Caller node;
    try {
      node = roads.reach(found.node(), new Traveller(client(login), false));
    } catch (IOException e) {
      throw new RouteRefusedException(Route.offline(found.node(), Instant.now()).sentence(), false);
    }
    log.say(
        ProxyLog.Weight.NEWS,
        "channel",
        "%s at %s goes to %s".formatted(login.user(), login.from(), found.node().name()));
    AtomicReference<Watch.Way> watched = new AtomicReference<>();
    Duplex duplex =
        new WatchedDuplex(
            node.duplex(),
            () -> {
              Watch.Way way = watched.getAndSet(null);
              if (way != null) {
                way.close();
              }
            });
    watched.set(
        watch.over(wish(login, found), login.connection(), why -> end(login, duplex, why), pause));
    return duplex;
  }

  /** The client of a connection on which nothing else goes through is told why. */
  private void end(Login login, Duplex duplex, String why) {
    if (!login.connection().isEmpty() && !watch.has(login.connection())) {
      farewell.end(login.connection(), why);
    }
    duplex.close();
  }

  private static InetSocketAddress client(Login login) {
    return login.from() instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet
        : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
