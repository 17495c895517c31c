package dev.holdfast.proxy;

import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Identity;
import dev.holdfast.access.LastDecisions;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.link.Destination;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the auth service of a cluster, and remembers the locks that it is told of. Thread-safe. */
public final class ClusterJudge implements Judge {
  /** How long a list of the nodes counts: many who come at once ask once. */
  static final Duration FRESH = Duration.ofSeconds(1);

  private final Cluster cluster;
  private final String name;
  private final Supplier<TrustedAuthorities> authorities;
  private final KeptNodes kept;
  private final LongSupplier nanoTime;
  private final LastDecisions lastDecisions;
  private final Map<String, Lock> locks = new ConcurrentHashMap<>();

  /** The nodes when they were listed last. */
  private record Listed(List<KnownNode> nodes, long at) {}

  private volatile @Nullable Listed last;

  /**
   * One that asks {@code cluster}; {@link #take} is to be told of its changes.
   *
   * @param name of the cluster
   * @param authorities of users, as they were known last
   */
  public ClusterJudge(Cluster cluster, String name, Supplier<TrustedAuthorities> authorities) {
    this(cluster, name, authorities, KeptNodes.NONE);
  }

  /** The same, which lets in nodes that are kept while the cluster is not reached. */
  public ClusterJudge(
      Cluster cluster, String name, Supplier<TrustedAuthorities> authorities, KeptNodes kept) {
    this(cluster, name, authorities, kept, System::nanoTime);
  }

  ClusterJudge(
      Cluster cluster,
      String name,
      Supplier<TrustedAuthorities> authorities,
      KeptNodes kept,
      LongSupplier nanoTime) {
    this.kept = kept;
    this.cluster = cluster;
    this.name = name;
    this.authorities = authorities;
    this.nanoTime = nanoTime;
    lastDecisions = new LastDecisions(nanoTime);
  }

  @Override
  public String cluster() {
    return name;
  }

  /**
   * Takes note of a change.
   *
   * @return what is to be decided about anew
   */
  public Predicate<Wish> take(Change change) {
    return switch (change) {
      case Change.Locked(Lock lock) -> {
        locks.put(lock.id(), lock);
        lastDecisions.forgetAll();
        yield switch (lock.target().kind()) {
          case USER -> wish -> wish.user().equals(lock.target().name());
          case ROLE, NODE -> wish -> true;
        };
      }
      case Change.Unlocked(String id) -> {
        locks.remove(id);
        yield wish -> false;
      }
      case Change.UserChanged(String user) -> {
        lastDecisions.forget(user);
        yield wish -> wish.user().equals(user);
      }
      case Change.NodeRemoved(String _, String node) -> {
        last = null;
        lastDecisions.forgetAll();
        kept.forget(node);
        yield wish -> wish.node().name().equals(node);
      }
      case Change.AuthoritiesChanged _, Change.TicketKeysChanged _, Change.SessionEnding _ ->
          wish -> false;
      case Change.Missed _ -> {
        learnLocks();
        lastDecisions.forgetAll();
        yield wish -> true;
      }
    };
  }

  /** Those that were set while nobody told of them. */
  private void learnLocks() {
    try {
      Map<String, Lock> now = new HashMap<>();
      cluster.locks().forEach(lock -> now.put(lock.id(), lock));
      locks.keySet().retainAll(now.keySet());
      locks.putAll(now);
    } catch (IOException e) {
      // Told again when the service is back.
    }
  }

  @Override
  public Admissions.Admission admit(String user, SocketAddress from, SshPublicKey shown)
      throws IOException {
    Identity identity;
    try {
      identity = cluster.identify(shown.blob(), address(from));
    } catch (IOException e) {
      return user.startsWith(Proxy.NODE_USER)
              && kept.knows(user.substring(Proxy.NODE_USER.length()), shown)
          ? admitted(shown, user)
          : byCertificate(user, from, shown, e);
    }
    return switch (identity) {
      case Identity.Person person when person.user().name().equals(user) ->
          admitted(shown, person.user());
      case Identity.Machine(NodeRecord node)
          when node.kind() == ServiceKind.NODE && user.equals(Proxy.NODE_USER + node.name()) -> {
        kept.letIn(node.name(), shown);
        yield admitted(shown, node);
      }
      case Identity.Person _, Identity.Machine _, Identity.Nobody _ ->
          new Admissions.Admission.Refused();
    };
  }

  /** Without anybody to ask, to hear more than that a key is wrong; no more follows of it. */
  private Admissions.Admission byCertificate(
      String user, SocketAddress from, SshPublicKey shown, IOException why) throws IOException {
    if (shown.isCertificate()
        && authorities.get().judge(shown, NewCertificate.Kind.USER, Instant.now(), address(from))
            instanceof TrustedAuthorities.Verdict.Good(Certified certified)
        && certified.id().equals(user)) {
      return admitted(shown, certified);
    }
    throw why;
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
    Listed before = last;
    long now = nanoTime.getAsLong();
    if (before != null && now - before.at < FRESH.toNanos()) {
      return before.nodes;
    }
    try {
      List<KnownNode> nodes =
          cluster.machines(ServiceKind.NODE).stream().map(ClusterJudge::known).toList();
      last = new Listed(nodes, now);
      return nodes;
    } catch (IOException e) {
      // What was known last has to do.
      return before == null ? List.of() : before.nodes;
    }
  }

  /** The names of all nodes that there are now; nothing if nobody answers. */
  public Optional<Set<String>> nodeNames() {
    try {
      return Optional.of(
          cluster.machines(ServiceKind.NODE).stream()
              .map(NodeRecord::name)
              .collect(Collectors.toUnmodifiableSet()));
    } catch (IOException e) {
      return Optional.empty();
    }
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
    Optional<String> lock = forbids(wish);
    if (lock.isPresent()) {
      return new Verdict.Denied(lock.get());
    }
    String login = wish.login().isEmpty() ? wish.user() : wish.login();
    try {
      return switch (cluster.decide(wish.user(), login, wish.node().name())) {
        case Decision.Allowed allowed -> {
          lastDecisions.keep(question(wish), allowed.options());
          yield new Verdict.Allowed(allowed.options());
        }
        case Decision.Offline _ -> new Verdict.Allowed(cluster.options(wish.user()));
        case Decision.Denied denied ->
            wish.login().isEmpty() ? asAnybody(wish) : new Verdict.Denied(denied.sentence());
        case Decision.Locked locked -> new Verdict.Denied(locked.sentence());
        case Decision.Unknown unknown -> new Verdict.Denied(unknown.sentence());
        case Decision.Ambiguous ambiguous -> new Verdict.Denied(ambiguous.sentence());
        case Decision.Undecided _ -> unanswered(wish);
      };
    } catch (IOException e) {
      return unanswered(wish);
    }
  }

  private static LastDecisions.Question question(Wish wish) {
    return new LastDecisions.Question(wish.user(), wish.login(), wish.node().name());
  }

  private Verdict unanswered(Wish wish) {
    return lastDecisions
        .find(question(wish))
        .<Verdict>map(Verdict.Allowed::new)
        .orElseGet(Verdict.Unanswered::new);
  }

  /** As whom he comes is not said to a jump host; the node decides about that. */
  private Verdict asAnybody(Wish wish) throws IOException {
    boolean may =
        cluster.nodesOf(wish.user()).stream()
            .anyMatch(node -> node.name().equals(wish.node().name()));
    if (!may) {
      return new Verdict.Denied("");
    }
    RoleOptions options = cluster.options(wish.user());
    lastDecisions.keep(question(wish), options);
    return new Verdict.Allowed(options);
  }

  @Override
  public Optional<String> forbids(Wish wish) {
    Instant now = Instant.now();
    return locks.values().stream()
        .filter(lock -> lock.expires().filter(end -> !end.isAfter(now)).isEmpty())
        .filter(lock ->
            switch (lock.target().kind()) {
              case USER -> lock.target().name().equals(wish.user());
              case NODE -> lock.target().name().equals(wish.node().name());
              case ROLE -> false;
            })
        .map(Lock::sentence)
        .findFirst();
  }
}
