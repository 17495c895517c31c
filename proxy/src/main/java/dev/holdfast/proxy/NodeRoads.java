package dev.holdfast.proxy;

import dev.holdfast.link.Caller;
import dev.holdfast.link.Destination;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a proxy gets to nodes: by their control links, or by dialling them. Thread-safe. */
final class NodeRoads {
  /** For a node that is dialled to answer. */
  private static final Duration DIAL = Duration.ofSeconds(5);

  private final Judge cluster;
  private final Tunnels tunnels;
  private final Duration patience;

  /** Where the process is that has the nodes' control links; null if it is this one. */
  private volatile @Nullable Path newest;

  NodeRoads(Judge cluster, Tunnels tunnels, Duration patience) {
    this.cluster = cluster;
    this.tunnels = tunnels;
    this.patience = patience;
  }

  /** The cluster's nodes, with what is known of them here besides. */
  List<KnownNode> nodes() {
    return cluster.nodes().stream().map(this::completed).toList();
  }

  private KnownNode completed(KnownNode node) {
    Map<String, String> labels = new TreeMap<>();
    tunnels.beat(node.name()).ifPresent(beat -> labels.putAll(beat.labels()));
    labels.putAll(node.labels());
    Optional<Instant> here = tunnels.seen(node.name());
    Optional<Instant> seen =
        here.isPresent() && node.seen().filter(it -> it.isAfter(here.get())).isEmpty()
            ? here
            : node.seen();
    return new KnownNode(node.name(), labels, node.address(), seen);
  }

  /** Another process has the control links from now on, and is found there. */
  void leave(Path found) {
    newest = found;
    tunnels.leave();
  }

  /** This process has the control links. */
  void lead() {
    tunnels.lead();
    newest = null;
  }

  /** For another process: a fresh connection to the node of that name. */
  Caller reach(String node, Traveller client) throws IOException {
    return tunnels.dial(node, client, System.nanoTime() + patience.toNanos());
  }

  /**
   * A fresh connection to the node.
   *
   * @throws IOException if it is offline
   */
  Caller reach(KnownNode node, Traveller client) throws IOException {
    if (node.address().isPresent() && !tunnels.isLive(node.name())) {
      return dial(node.address().get());
    }
    if (newest == null) {
      try {
        return reach(node.name(), client);
      } catch (IOException e) {
        if (newest == null) {
          throw e;
        }
        // It has left meanwhile.
      }
    }
    return elsewhere(node, client);
  }

  private Caller elsewhere(KnownNode node, Traveller client) throws IOException {
    Path there = newest;
    return there == null
        ? reach(node.name(), client)
        : RoadPoint.ask(there, node.name(), client, patience);
  }

  private static Caller dial(Destination to) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(new InetSocketAddress(to.host(), to.port()), (int) DIAL.toMillis());
      channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
      return Caller.of(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e instanceof IOException io ? io : new IOException("not an address", e);
    }
  }
}
