package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.BusyException;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Lease;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseObserver;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRefusal;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Leases;
import dev.holdfast.access.Lock;
import dev.holdfast.access.Names;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.User;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The leases of a cluster as one service keeps them. What is counted is in the store; when a lease
 * is dead each service judges for itself, as {@link LeaseObserver} says. Thread-safe.
 */
final class LeaseBook {
  /** Rows that are read at a time when all are looked at. */
  private static final int PAGE = 2_000;

  private final AuditTrail trail;
  private final Database database;
  private final LeaseTime time;
  private final LongSupplier nanos;

  /** Guarded by itself. */
  private final LeaseObserver observer = new LeaseObserver();

  /**
   * A book.
   *
   * @param time of leases that are taken from now on
   * @param nanos a monotonic clock
   */
  LeaseBook(Database database, AuditTrail trail, LeaseTime time, LongSupplier nanos) {
    this.database = database;
    this.trail = trail;
    this.time = time;
    this.nanos = nanos;
  }

  /** The leases of one machine. */
  Leases of(String machine) {
    return new OfMachine(machine);
  }

  /** Those of a user, or of all. */
  List<Lease> list(Optional<String> user) throws IOException {
    return database.transact(tx -> LeaseTable.list(tx, user));
  }

  /**
   * How much of their limits users have taken, by their names: of who has a limit.
   *
   * @param user only of this one, or of all if it is empty
   */
  List<SessionRecords.LimitUse> limits(Optional<String> user) throws IOException {
    return database.transact(tx -> {
      Map<String, Integer> used = LeaseTable.counts(tx);
      List<SessionRecords.LimitUse> limits = new ArrayList<>();
      for (User one : UserTable.users(tx)) {
        Optional<Integer> max =
            user.filter(it -> !it.equals(one.name())).isPresent()
                ? Optional.empty()
                : UserTable.roleSet(tx, one).options().maxConnections();
        max.ifPresent(it ->
            limits.add(
                new SessionRecords.LimitUse(one.name(), used.getOrDefault(one.name(), 0), it)));
      }
      return limits;
    });
  }

  /**
   * Has a connection ended: its slot is free as soon as its machine has done so.
   *
   * @param by who wants it
   * @param owner whose it has to be, and detached; empty for anybody's
   */
  void remove(Caller by, String id, Optional<String> owner) throws IOException {
    trail.change((tx, events) -> {
      LeaseTable.Row row =
          LeaseTable.row(tx, id)
              .filter(it -> it.state() != LeaseTable.State.RELEASED)
              .filter(it -> owner.isEmpty() || owner.get().equals(it.user()))
              .orElseThrow(() ->
                  new InvalidRecordException(
                      "There is no lease %s.".formatted(Names.printable(id))));
      if (owner.isPresent() && !row.detached()) {
        throw new InvalidRecordException(
            "The client of that connection is there; end it where it is. Only what waits for its"
                + " client can be ended from elsewhere.");
      }
      LeaseTable.end(tx, id);
      events.add(
          AuditEvent.of(
              AuditCode.LEASE_REMOVED,
              by.name(),
              "lease",
              id,
              "owner",
              row.user(),
              "server_id",
              row.machine()));
      Optional<User> user = UserTable.user(tx, row.user());
      if (user.isPresent()) {
        // Whoever has a connection of his looks at once what is to become of it.
        DocumentTable.put(tx, Kind.USER, row.user(), user.get());
      }
      return true;
    });
  }

  // ---- taking ----

  private LeaseAnswer take(Tx tx, List<AuditEvent> events, LeaseOrder order, String machine)
      throws SQLException {
    Optional<User> user = UserTable.user(tx, order.user());
    if (user.isEmpty()) {
      return barred(events, order, machine, "You are no user of this cluster any more.");
    }
    Optional<Lock> lock = UserTable.lockOf(tx, user.get());
    if (lock.isPresent()) {
      return barred(events, order, machine, lock.get().sentence());
    }
    RoleSet who = UserTable.roleSet(tx, user.get());
    Optional<Integer> max = who.options().maxConnections();
    if (max.isEmpty()) {
      return new LeaseAnswer.Unlimited();
    }
    LeaseTable.awaitTurn(tx, order.user());
    Optional<LeaseTable.Row> own = LeaseTable.row(tx, order.id());
    return own.isPresent()
        ? again(tx, own.get(), order, machine)
        : first(tx, events, order, machine, max.get());
  }

  private static LeaseAnswer barred(
      List<AuditEvent> events, LeaseOrder order, String machine, String sentence) {
    events.add(rejected(order, machine, new LeaseRefusal.Locked(sentence)));
    return new LeaseAnswer.Barred(sentence);
  }

  private static LeaseAnswer again(Tx tx, LeaseTable.Row own, LeaseOrder order, String machine)
      throws SQLException {
    boolean same =
        own.user().equals(order.user())
            && own.machine().equals(machine)
            && own.epoch().equals(order.epoch());
    return same && LeaseTable.renew(tx, own.id(), own.version())
        ? new LeaseAnswer.Held(own.time().timeout())
        : new LeaseAnswer.Over();
  }

  private LeaseAnswer first(
      Tx tx, List<AuditEvent> events, LeaseOrder order, String machine, int max)
      throws SQLException {
    long asked = nanos.getAsLong();
    List<LeaseTable.Row> rows = LeaseTable.ofUser(tx, order.user());
    long read = nanos.getAsLong();
    int held = 0;
    int detached = 0;
    for (LeaseTable.Row row : rows) {
      if (isDead(row, asked, read)) {
        expire(tx, events, row);
      } else {
        held++;
        detached += row.detached() ? 1 : 0;
      }
    }
    if (held >= max) {
      events.add(limitReached(order, machine, max));
      events.add(rejected(order, machine, new LeaseRefusal.Limit(max, detached)));
      return new LeaseAnswer.Full(max, detached);
    }
    LeaseTable.add(tx, order, machine, time);
    return new LeaseAnswer.Held(time.timeout());
  }

  private static AuditEvent limitReached(LeaseOrder order, String machine, int max) {
    return AuditEvent.of(
        AuditCode.LIMIT_REACHED,
        order.user(),
        "max",
        max,
        "proto",
        "ssh",
        "server_id",
        machine,
        "sessctl_kind",
        "connection");
  }

  private static AuditEvent rejected(LeaseOrder order, String machine, LeaseRefusal why) {
    return AuditEvent.of(
        AuditCode.SESSION_REJECTED,
        order.user(),
        "reason",
        why.reason(),
        "sentence",
        why.sentence(),
        "server_id",
        machine,
        "login",
        order.login(),
        "addr.remote",
        order.from());
  }

  // ---- judging ----

  private boolean isDead(LeaseTable.Row row, long askedNanos, long readNanos) {
    synchronized (observer) {
      observer.see(row.id(), row.version(), readNanos);
      return observer.isDead(row.id(), row.version(), row.time(), askedNanos);
    }
  }

  private static void expire(Tx tx, List<AuditEvent> events, LeaseTable.Row row)
      throws SQLException {
    if (LeaseTable.remove(tx, row.id(), row.version())) {
      if (row.state() != LeaseTable.State.RELEASED) {
        events.add(
            AuditEvent.of(
                AuditCode.LEASE_EXPIRED,
                row.user(),
                "lease",
                row.id(),
                "server_id",
                row.machine()));
      }
    }
  }

  /** Looks at all leases, and removes those that are dead. Done again and again. */
  void sweep() throws IOException {
    Set<String> there = new HashSet<>();
    String last = "";
    List<LeaseTable.Row> page;
    do {
      String from = last;
      long asked = nanos.getAsLong();
      page = database.transact(tx -> LeaseTable.page(tx, from, PAGE));
      long read = nanos.getAsLong();
      List<LeaseTable.Row> dead = new ArrayList<>();
      for (LeaseTable.Row row : page) {
        there.add(row.id());
        if (isDead(row, asked, read)) {
          dead.add(row);
        }
        last = row.id();
      }
      expire(dead);
    } while (page.size() == PAGE);
    synchronized (observer) {
      observer.keepOnly(there);
    }
  }

  private void expire(List<LeaseTable.Row> dead) throws IOException {
    if (!dead.isEmpty()) {
      trail.change((tx, events) -> {
        for (LeaseTable.Row row : dead) {
          expire(tx, events, row);
        }
        return true;
      });
    }
  }

  /** What one machine asks; it reaches no leases but its own. */
  private final class OfMachine implements Leases {
    private final String machine;

    OfMachine(String machine) {
      this.machine = machine;
    }

    @Override
    public LeaseAnswer take(LeaseOrder order) throws IOException {
      return orBusy(
          () -> trail.change((tx, events) -> LeaseBook.this.take(tx, events, order, machine)));
    }

    @Override
    public Map<String, LeaseRenewal.State> renew(List<LeaseRenewal> renewals) throws IOException {
      check(renewals.size());
      return orBusy(() -> database.transact(tx -> LeaseTable.renew(tx, machine, renewals)));
    }

    @Override
    public void release(List<String> ids) throws IOException {
      check(ids.size());
      orBusy(() ->
          database.transact(tx -> {
            for (String id : ids.stream().sorted().toList()) {
              LeaseTable.release(tx, machine, id);
            }
            return true;
          }));
    }

    @Override
    public void drop(List<String> epochs) throws IOException {
      check(epochs.size());
      orBusy(() ->
          trail.change((tx, events) -> {
            int dropped = 0;
            for (String epoch : epochs) {
              dropped += LeaseTable.drop(tx, machine, epoch);
              OpenSessions.over(tx, machine, epoch);
            }
            if (dropped > 0) {
              events.add(
                  AuditEvent.of(
                      AuditCode.LEASES_DROPPED, "", "server_id", machine, "count", dropped));
            }
            return dropped;
          }));
    }

    private static void check(int count) {
      if (count > MOST_AT_ONCE) {
        throw new InvalidRecordException(
            "At most %d leases are named in one call.".formatted(MOST_AT_ONCE));
      }
    }

    private static <T> T orBusy(Work<T> work) throws IOException {
      try {
        return work.run();
      } catch (StoreUnavailableException e) {
        throw new BusyException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** What the store does. */
  private interface Work<T> {
    T run() throws IOException;
  }
}
