package dev.holdfast.node;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRefusal;
import dev.holdfast.access.Leases;
import dev.holdfast.access.RoleOptions.Outage;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.Entrant;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Terms;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has those counted whose roles limit their connections, behind those who decide whether they come
 * in at all. Thread-safe.
 */
public final class Counting implements Entrances, AutoCloseable {
  /** The directory of epochs in a node's state directory. */
  private static final String EPOCHS = "epochs";

  private final Entrances before;
  private final Place place;
  private final Epoch epoch;
  private final FormerEpochs former;
  private final LateEvents events;
  private final LeaseKeeper keeper;
  private final Map<String, CountedConnection> connections = new ConcurrentHashMap<>();

  private Counting(Entrances before, Epoch epoch, Cluster cluster, Place place) {
    this.before = before;
    this.place = place;
    this.epoch = epoch;
    Leases leases = cluster.leases(place.machine);
    former = FormerEpochs.start(epoch, leases);
    events = LateEvents.start(cluster::record);
    keeper = LeaseKeeper.start(leases, epoch.name(), watch());
  }

  /**
   * Where it is done.
   *
   * @param machine the id of this machine
   * @param state the node's directory
   * @param figures counts what is told by its name: a reason of a refusal, {@code lost}, {@code
   *     removed}, {@code gone}, {@code uncounted}, {@code sessions}; may not block
   */
  public record Place(String machine, Path state, Consumer<String> figures) {}

  /**
   * Begins to count.
   *
   * @param before who decide first
   */
  public static Counting start(Entrances before, Cluster cluster, Place place) throws IOException {
    return new Counting(before, Epoch.begin(place.state.resolve(EPOCHS)), cluster, place);
  }

  @Override
  public Entry enter(Login login, Entrant entrant) throws IOException {
    Entry entry = before.enter(login, entrant);
    if (!(entry instanceof Entry.Admitted admitted) || admitted.terms().user().isEmpty()) {
      return entry;
    }
    Visit visit = new Visit(login, admitted);
    return admitted.terms().options().maxConnections().isPresent()
        ? count(visit, entrant)
        : new Entry.Admitted(admitted.terms(), visit);
  }

  private Entry count(Visit visit, Entrant entrant) throws IOException {
    Entry entry = new Entry.Refused("Nothing was counted.");
    try {
      entry =
          switch (keeper.enter(visit.wish(), entrant::end)) {
            case LeaseKeeper.Outcome.Counted(CountedConnection connection) ->
                visit.counted(connection);
            case LeaseKeeper.Outcome.Unlimited() ->
                new Entry.Admitted(visit.admitted.terms(), visit);
            case LeaseKeeper.Outcome.Refused(LeaseRefusal why) ->
                new Entry.Refused(why.sentence(), why instanceof LeaseRefusal.Limit);
          };
      return entry;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("This node ends.", e);
    } finally {
      if (!(entry instanceof Entry.Admitted)) {
        visit.admitted.stay().ended();
      }
    }
  }

  /** Somebody of the cluster's who is in, or about to be. */
  private final class Visit implements Stay {
    private final Login login;
    private final Entry.Admitted admitted;
    private volatile @Nullable CountedConnection counted;

    Visit(Login login, Entry.Admitted admitted) {
      this.login = login;
      this.admitted = admitted;
    }

    LeaseKeeper.Wish wish() {
      Terms terms = admitted.terms();
      return new LeaseKeeper.Wish(
          terms.user(),
          login.user(),
          address(login.from()),
          terms.options().sessionControlOutage().equals(Optional.of(Outage.ALLOW)));
    }

    Entry counted(CountedConnection connection) {
      counted = connection;
      connections.put(login.connection(), connection);
      return new Entry.Admitted(admitted.terms(), this);
    }

    @Override
    public void ended() {
      CountedConnection connection = counted;
      if (connection != null) {
        connections.remove(login.connection(), connection);
        connection.close();
      }
      admitted.stay().ended();
    }

    @Override
    public boolean goesOn() {
      CountedConnection connection = counted;
      return (connection == null || connection.admits()) && admitted.stay().goesOn();
    }

    @Override
    public void sessionRefused(int most) {
      String user = admitted.terms().user();
      place.figures.accept("sessions");
      events.add(
          AuditEvent.of(
              AuditCode.LIMIT_REACHED,
              user,
              "max",
              most,
              "proto",
              "ssh",
              "server_id",
              place.machine,
              "sessctl_kind",
              "session"));
      events.add(
          AuditEvent.of(
              AuditCode.SESSION_REJECTED,
              user,
              "reason",
              "limit",
              "server_id",
              place.machine,
              "login",
              login.user(),
              "addr.remote",
              address(login.from())));
      admitted.stay().sessionRefused(most);
    }
  }

  private static String address(SocketAddress from) {
    return from instanceof InetSocketAddress inet ? inet.getHostString() : "";
  }

  /**
   * Says whether a connection's stream waits for its client.
   *
   * @param connection its name in events
   */
  public void detached(String connection, boolean now) {
    CountedConnection counted = connections.get(connection);
    if (counted != null) {
      counted.detached(now);
    }
  }

  /** The events of {@code sink}; those of sessions that start say in which epoch. */
  public AuditSink marked(AuditSink sink) {
    return new EpochMarks(sink, epoch.name());
  }

  /** Something may have become of somebody's leases. */
  public void look() {
    if (!connections.isEmpty()) {
      keeper.look();
    }
  }

  /** Connections that are counted. */
  public int size() {
    return keeper.size();
  }

  // ---- telling ----

  private LeaseWatch watch() {
    return new LeaseWatch() {
      @Override
      public void refused(LeaseOrder order, LeaseRefusal why) {
        place.figures.accept(why.reason());
        switch (why) {
          // Those who refused it wrote it down.
          case LeaseRefusal.Limit _, LeaseRefusal.Locked _ -> {}
          case LeaseRefusal.Unreachable _, LeaseRefusal.Busy _ ->
              events.add(
                  AuditEvent.of(
                      AuditCode.SESSION_REJECTED,
                      order.user(),
                      "reason",
                      why.reason(),
                      "sentence",
                      why.sentence(),
                      "server_id",
                      place.machine,
                      "login",
                      order.login(),
                      "addr.remote",
                      order.from()));
        }
      }

      @Override
      public void ended(LeaseOrder order, LeaseKeeper.Ending why) {
        String reason = why.name().toLowerCase(java.util.Locale.ROOT);
        place.figures.accept(reason);
        events.add(
            AuditEvent.of(
                AuditCode.LEASE_LOST,
                order.user(),
                "reason",
                reason,
                "lease",
                order.id(),
                "server_id",
                place.machine));
      }

      @Override
      public void uncounted(LeaseOrder order) {
        place.figures.accept("uncounted");
      }
    };
  }

  @Override
  public void close() {
    keeper.close();
    events.close();
    former.close();
    try {
      epoch.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
