package dev.holdfast.cli;

import dev.holdfast.access.Change;
import dev.holdfast.access.Load;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.AuditQueue;
import dev.holdfast.auth.Membership;
import dev.holdfast.link.GateEvent;
import dev.holdfast.node.Counting;
import dev.holdfast.node.Porter;
import dev.holdfast.node.RunningSessions;
import dev.holdfast.proxy.NodeTunnels;
import dev.holdfast.recording.ListedParts;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node's part in a cluster: whom it lets in and counts, what it tells the auth service, and the
 * tunnels by which proxies reach it. A node that is in no cluster may have tunnels all the same.
 */
final class NodeMember implements Closeable {
  /** Of the node's state directory: audit events that wait for the auth service. */
  private static final String AUDIT_DIRECTORY = "audit";

  private final @Nullable Membership membership;
  private final NodeDoor door;
  private final List<Runnable> ends;
  private volatile @Nullable NodeTunnels tunnels;

  private NodeMember(@Nullable Membership membership, NodeDoor door, List<Runnable> ends) {
    this.membership = membership;
    this.door = door;
    this.ends = ends;
  }

  /**
   * Becomes a member of the cluster, if there is one.
   *
   * @param limits figures of what the limits do
   */
  static NodeMember join(NodeConfiguration node, Memberships memberships, LeaseFigures limits)
      throws IOException {
    if (!memberships.isAny()) {
      return new NodeMember(null, NodeDoor.OPEN, List.of());
    }
    Membership joined =
        memberships.open(
            ServiceKind.NODE,
            node.tunnels().name(),
            node.machineKey(),
            node.state(),
            node.tunnels().labels());
    Porter porter =
        new Porter(
            joined.cluster(),
            new Porter.Post(
                joined.id(),
                joined.name(),
                memberships.only(),
                joined::userAuthorities,
                joined::beat));
    joined.watch(porter::take);
    Counting counting =
        Counting.start(
            porter, joined.cluster(), new Counting.Place(joined.id(), node.state(), limits));
    joined.watch(change -> counting.look());
    RunningSessions running = new RunningSessions();
    joined.watch(running::take);
    AuditQueue audit = AuditQueue.open(joined::record, node.state().resolve(AUDIT_DIRECTORY));
    NodeDoor door =
        new NodeDoor(
            porter,
            counting,
            event -> tell(counting, event),
            Optional.of(counting.marked(audit)),
            Optional.of(new ListedParts(joined.parts())),
            running);
    NodeMember it =
        new NodeMember(joined, door, List.of(counting::close, audit::close, joined::close));
    joined.watch(it::recheckProxies);
    return it;
  }

  private static void tell(Counting counting, GateEvent event) {
    if (event instanceof GateEvent.Detached it) {
      counting.detached(it.stream(), true);
    } else if (event instanceof GateEvent.Resumed it) {
      counting.detached(it.stream(), false);
    }
  }

  private void recheckProxies(Change change) {
    NodeTunnels held = tunnels;
    if (held != null && (change instanceof Change.NodeRemoved || change instanceof Change.Missed)) {
      held.recheck();
    }
  }

  /** Who may come in. */
  NodeDoor door() {
    return door;
  }

  /** Begins to say that the node lives, and holds tunnels to proxies. */
  void begin(NodeConfiguration configuration, Node node, ServiceLog log) throws IOException {
    NodeTunnels.Adopter adopter = node.gate()::adopt;
    if (membership == null) {
      tunnels = configuration.tunnels().open(adopter, log::say);
      return;
    }
    membership.tellLoad(
        () -> new Load(node.connections(), node.activity().living(), node.activity().logins()));
    membership.live(configuration.tunnels().places(membership), node::certify);
    tunnels =
        configuration.tunnels().open(membership, configuration.machineKey(), adopter, log::say);
  }

  /** Another process of the node says it from now on, and holds the tunnels; or none does. */
  void rest() {
    if (membership != null) {
      membership.rest();
    }
    NodeTunnels held = tunnels;
    tunnels = null;
    if (held != null) {
      held.close();
    }
  }

  /** How it gets on with the cluster. */
  Metrics.Readiness readiness() {
    return membership == null ? Metrics.Readiness.OK : Metrics.Readiness.of(membership.health());
  }

  @Override
  public void close() {
    ends.forEach(Runnable::run);
  }
}
