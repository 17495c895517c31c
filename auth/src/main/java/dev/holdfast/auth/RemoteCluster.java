package dev.holdfast.auth;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Identity;
import dev.holdfast.access.Json;
import dev.holdfast.access.Leases;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Records;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.WrongShapeException;
import dev.holdfast.auth.ApiRecords.DecisionQuery;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.IdentityQuery;
import dev.holdfast.auth.ApiRecords.MachineQuery;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.None;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster by the API of an auth service elsewhere. The connection is made when it is needed and
 * made again when it was lost; who watches is told that he may have missed something. Thread-safe.
 */
public final class RemoteCluster implements Cluster, AutoCloseable {
  /** Time between two looks whether the connection still lives. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Longest time between two attempts to connect. */
  static final Duration MOST_PAUSE = Duration.ofSeconds(10);

  /** What is said to somebody about whom something was decided that is not known here. */
  static final String NEWER =
      "The cluster has decided something about you that this machine does not understand; tell"
          + " whoever administers it to bring the machine to the cluster's version.";

  private static final Logger log = LoggerFactory.getLogger(RemoteCluster.class);

  private final Dialer dialer;
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private @Nullable ApiClient client;
  private @Nullable Thread keeper;
  private boolean closed;

  /** Connects to an auth service. */
  @FunctionalInterface
  public interface Dialer {
    /**
     * A new conversation.
     *
     * @param listener for its notifications
     */
    ApiClient dial(BiConsumer<String, Json> listener) throws IOException;
  }

  public RemoteCluster(Dialer dialer) {
    this.dialer = dialer;
  }

  @Override
  public Identity identify(byte[] shown, InetAddress from) throws IOException {
    IdentityQuery query =
        new IdentityQuery(
            Base64.getEncoder().encodeToString(shown),
            from.getHostAddress().replaceFirst("%.*", ""));
    try {
      return talk(it -> it.call(ApiMethod.IDENTIFY, query, Identity.class));
    } catch (ApiFailure e) {
      if (e.code() == ApiFailure.Code.CONFLICT) {
        return new Identity.Nobody(e.sentence());
      }
      throw e;
    } catch (MisunderstoodException e) {
      return new Identity.Nobody(NEWER);
    }
  }

  @Override
  public Decision decide(String user, String login, String target) throws IOException {
    try {
      DecisionQuery query = new DecisionQuery(user, login, target);
      return talk(it -> it.call(ApiMethod.DECIDE, query, Decision.class));
    } catch (ApiFailure e) {
      // This machine itself is locked, and may ask nothing.
      if (e.code() == ApiFailure.Code.CONFLICT) {
        return new Decision.Locked(e.sentence());
      }
      throw e;
    } catch (MisunderstoodException e) {
      // It was decided: what was decided before does not count.
      return new Decision.Locked(NEWER);
    }
  }

  @Override
  public List<NodeRecord> nodesOf(String user) throws IOException {
    return talk(it -> it.list(ApiMethod.NODES_OF, new Named(user), NodeRecord.class));
  }

  @Override
  public RoleOptions options(String user) throws IOException {
    return talk(it -> it.call(ApiMethod.OPTIONS, new Named(user), RoleOptions.class));
  }

  @Override
  public List<NodeRecord> machines(ServiceKind kind) throws IOException {
    return talk(it -> it.list(ApiMethod.MACHINES, new MachineQuery(kind), NodeRecord.class));
  }

  @Override
  public void heartbeat(Heartbeat beat) throws IOException {
    talk(it -> it.call(ApiMethod.HEARTBEAT, beat, Done.class));
  }

  @Override
  public List<Authority> authorities() throws IOException {
    return talk(it -> it.list(ApiMethod.AUTHORITIES, new None(), Authority.class));
  }

  @Override
  public void record(AuditEvent event) throws IOException {
    talk(it -> it.call(ApiMethod.AUDIT_RECORD, event, Done.class));
  }

  @Override
  public List<Lock> locks() throws IOException {
    return talk(it -> it.list(ApiMethod.LOCKS, new None(), Lock.class));
  }

  /** Certifies this machine's host key anew, for its own names. */
  public ApiRecords.Issued certifyHost() throws IOException {
    ApiRecords.HostOrder order = new ApiRecords.HostOrder(List.of());
    return talk(it -> it.call(ApiMethod.HOST_CERTIFICATE, order, ApiRecords.Issued.class));
  }

  /** Certifies a key of this proxy's for the names of a node. */
  ApiRecords.Issued certifyNode(ApiRecords.NodeOrder order) throws IOException {
    return talk(it -> it.call(ApiMethod.NODE_CERTIFICATE, order, ApiRecords.Issued.class));
  }

  /** Certifies a key of this proxy's for a user's login; not asked twice, as it counts once. */
  ApiRecords.Issued certifyBridge(ApiRecords.BridgeOrder order) throws IOException {
    return client().call(ApiMethod.BRIDGE_CERTIFICATE, order, ApiRecords.Issued.class);
  }

  /** The keys of tickets, for a proxy whose tickets may count for so long. */
  ApiRecords.TicketKeySet ticketKeys(Duration renewable) throws IOException {
    return client()
        .call(
            ApiMethod.TICKET_KEYS,
            new ApiRecords.TicketKeyQuery(renewable),
            ApiRecords.TicketKeySet.class);
  }

  @Override
  public Leases leases(String machine) {
    return new RemoteLeases(this::client);
  }

  @Override
  public AutoCloseable watch(Consumer<Change> watcher) {
    Watcher one = Watcher.start(watcher);
    watchers.add(one);
    synchronized (this) {
      if (keeper == null && !closed) {
        keeper = Thread.ofVirtual().name("holdfast-auth-keeper").start(this::keep);
      }
    }
    return () -> {
      watchers.remove(one);
      one.close();
    };
  }

  /** What is said in a conversation. */
  private interface Talk<T> {
    T with(ApiClient api) throws IOException;
  }

  /**
   * Says it, and once more where the service went before it answered, as one does that is taken
   * over: said twice, each of these calls does no more than said once.
   */
  private <T> T talk(Talk<T> talk) throws IOException {
    ApiClient first = client();
    try {
      return talk.with(first);
    } catch (IOException e) {
      if (!first.wasLeft(e)) {
        throw e;
      }
      return talk.with(client());
    }
  }

  private synchronized ApiClient client() throws IOException {
    if (closed) {
      throw new IOException("This service ends.");
    }
    ApiClient present = client;
    if (present != null && !present.isOver()) {
      return present;
    }
    if (present != null) {
      present.close();
    }
    ApiClient dialled = dialer.dial(this::notified);
    client = dialled;
    return dialled;
  }

  /** Keeps a conversation in which changes are told. */
  private void keep() {
    ApiClient watched = null;
    int failures = 0;
    try {
      while (true) {
        try {
          ApiClient now = client();
          if (now != watched) {
            now.call(ApiMethod.WATCH, new None(), Done.class);
            watched = now;
            tell(new Change.Missed());
          }
          failures = 0;
        } catch (IOException e) {
          failures++;
          log.debug("the auth service is not reached: {}", e.getMessage());
        }
        Thread.sleep(pause(failures));
      }
    } catch (InterruptedException e) {
      // Nobody watches any more.
    }
  }

  private static Duration pause(int failures) {
    Duration pause = LOOK.multipliedBy(1L << Math.min(failures, 4));
    long most = Math.min(pause.toMillis(), MOST_PAUSE.toMillis());
    return failures == 0
        ? LOOK
        : Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }

  private void notified(String method, Json params) {
    if (method.equals("changed")) {
      try {
        tell(Records.readOfPeer(params, Change.class));
      } catch (WrongShapeException e) {
        // Of a newer version: all is decided anew.
        tell(new Change.Missed());
      }
    }
  }

  private void tell(Change change) {
    watchers.forEach(watcher -> watcher.tell(change));
  }

  @Override
  public synchronized void close() {
    closed = true;
    watchers.forEach(Watcher::close);
    if (keeper != null) {
      keeper.interrupt();
    }
    if (client != null) {
      client.close();
    }
  }
}
