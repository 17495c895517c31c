package dev.holdfast.access;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The leases that one process holds, and what is to be done about them at a time that is given.
 * Caller locks.
 */
public final class HeldLeases {
  /** Leases of one process; more are refused. */
  public static final int MOST = 100_000;

  private final Map<String, HeldLease> held = new HashMap<>();

  /** Holds one more; false if there are too many. */
  public boolean add(HeldLease lease) {
    if (held.size() >= MOST) {
      return false;
    }
    held.put(lease.id(), lease);
    return true;
  }

  /** Holds one no more; whether it was held. */
  public boolean remove(String id) {
    return held.remove(id) != null;
  }

  /** The one with that id, if it is held. */
  public Optional<HeldLease> get(String id) {
    return Optional.ofNullable(held.get(id));
  }

  public int size() {
    return held.size();
  }

  /**
   * What is renewed in one call: nothing until a lease is due; then that, and the others with it,
   * so that there is one call and not one for each connection.
   */
  public List<LeaseRenewal> due(long nowNanos) {
    return untilDueNanos(nowNanos, 1) <= 0 ? all(nowNanos) : List.of();
  }

  /** All that are not over, to be renewed whether they are due or not. */
  public List<LeaseRenewal> all(long nowNanos) {
    return living(nowNanos).map(HeldLease::renewal).toList();
  }

  private Stream<HeldLease> living(long nowNanos) {
    return held.values().stream().filter(one -> !one.isOver(nowNanos));
  }

  /** Those that are over; they are held no more. */
  public List<HeldLease> over(long nowNanos) {
    List<HeldLease> over = held.values().stream().filter(one -> one.isOver(nowNanos)).toList();
    over.forEach(one -> held.remove(one.id()));
    return over;
  }

  /** How long nothing is to be renewed; at most {@code most}. */
  public long untilDueNanos(long nowNanos, long most) {
    return living(nowNanos).mapToLong(one -> one.dueNanos() - nowNanos).reduce(most, Math::min);
  }

  /** How long none is over; at most {@code most}. */
  public long untilOverNanos(long nowNanos, long most) {
    return held.values().stream()
        .filter(one -> !one.isLenient())
        .mapToLong(one -> one.endNanos() - nowNanos)
        .reduce(most, Math::min);
  }

  /** How long it may be until the next attempt after one that failed; at most {@code most}. */
  public long retryNanos(long most) {
    return held.values().stream().mapToLong(HeldLease::retryNanos).reduce(most, Math::min);
  }
}
