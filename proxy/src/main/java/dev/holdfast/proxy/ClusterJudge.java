package dev.holdfast.proxy;

import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Identity;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.link.Destination;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Asks the auth service of a cluster, and remembers the locks that it is told of. Thread-safe. */
public final class ClusterJudge implements Judge {
  private final Cluster cluster;
  private final Map<String, Lock> locks = new ConcurrentHashMap<>();
  private volatile List<KnownNode> last = List.of();

  /** One that asks {@code cluster}; {@link #take} is to be told of its changes. */
  public ClusterJudge(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Takes note of a change; what goes through the proxy is to be decided about anew then. */
  public void take(Change change) {
    switch (change) {
      case Change.Locked(Lock lock) -> locks.put(lock.id(), lock);
      case Change.Unlocked(String id) -> locks.remove(id);
      case Change.UserChanged _,
          Change.NodeRemoved _,
          Change.AuthoritiesChanged _,
          Change.Missed _ -> {}
    }
  }

  @Override
  public Admissions.Admission admit(String user, SocketAddress from, SshPublicKey shown)
      throws IOException {
    return switch (cluster.identify(shown.blob(), address(from))) {
      case Identity.Person person when person.user().name().equals(user) ->
          admitted(shown, person.user());
      case Identity.Machine(NodeRecord node)
          when node.kind() == ServiceKind.NODE && user.equals(Proxy.NODE_USER + node.name()) ->
          admitted(shown, node);
      case Identity.Person _, Identity.Machine _, Identity.Nobody _ ->
          new Admissions.Admission.Refused();
    };
  }

  private static Admissions.Admission admitted(SshPublicKey shown, Object guest) {
    return new Admissions.Admission.Admitted(
        new Credential.Key(shown.type(), shown.fingerprint()), Permissions.ALL, guest);
  }

  private static InetAddress address(SocketAddress from) {
    return from instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress()
        : InetAddress.ofLiteral("0.0.0.0");
  }

  @Override
  public List<KnownNode> nodes() {
    try {
      last = cluster.machines(ServiceKind.NODE).stream().map(ClusterJudge::known).toList();
    } catch (IOException e) {
      // What was known last has to do.
    }
    return last;
  }

  private static KnownNode known(NodeRecord node) {
    return new KnownNode(
        node.name(),
        node.labels().values(),
        node.addresses().stream().findFirst().flatMap(ClusterJudge::destination),
        node.lastSeen());
  }

  private static Optional<Destination> destination(String address) {
    int colon = address.lastIndexOf(':');
    try {
      return Optional.of(
          new Destination(
              address.substring(0, Math.max(0, colon)),
              Integer.parseInt(address.substring(colon + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** That a node is offline is for its tunnel to show. */
  @Override
  public Verdict decide(Wish wish) {
    String login = wish.login().isEmpty() ? wish.user() : wish.login();
    try {
      return switch (cluster.decide(wish.user(), login, wish.node().name())) {
        case Decision.Allowed _, Decision.Offline _ -> new Verdict.Allowed();
        case Decision.Denied denied ->
            wish.login().isEmpty() ? asAnybody(wish) : new Verdict.Denied(denied.sentence());
        case Decision.Locked locked -> new Verdict.Denied(locked.sentence());
        case Decision.Unknown unknown -> new Verdict.Denied(unknown.sentence());
        case Decision.Ambiguous ambiguous -> new Verdict.Denied(ambiguous.sentence());
        case Decision.Undecided _ -> new Verdict.Unanswered();
      };
    } catch (IOException e) {
      return new Verdict.Unanswered();
    }
  }

  /** As whom he comes is not said to a jump host; the node decides about that. */
  private Verdict asAnybody(Wish wish) throws IOException {
    return cluster.nodesOf(wish.user()).stream()
            .anyMatch(node -> node.name().equals(wish.node().name()))
        ? new Verdict.Allowed()
        : new Verdict.Denied("");
  }

  @Override
  public boolean forbids(Wish wish) {
    Instant now = Instant.now();
    return locks.values().stream()
        .filter(lock -> lock.expires().filter(end -> !end.isAfter(now)).isEmpty())
        .map(Lock::target)
        .anyMatch(target ->
            switch (target.kind()) {
              case USER -> target.name().equals(wish.user());
              case NODE -> target.name().equals(wish.node().name());
              case ROLE -> false;
            });
  }
}
