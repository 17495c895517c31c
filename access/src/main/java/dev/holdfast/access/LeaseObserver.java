package dev.holdfast.access;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * One observer of leases: since when, by its own monotonic clock, it has seen each lease with the
 * version that it has. A lease is dead for it when that version has not changed for the lease's
 * whole time and a margin; every renewal changes the version. So no clock is compared with another
 * one, and who has just begun to observe waits for a whole time before it holds anything for dead.
 *
 * <p>Why that is safe: the holder counts from before it asked, which was before the version was
 * written, which was before it was seen here first. Confined to one thread, or caller locks.
 */
public final class LeaseObserver {
  /** Leases that are observed; of more, those that come last are not. */
  static final int MOST = 1_000_000;

  private final Map<String, Seen> seen = new HashMap<>();

  private record Seen(long version, long sinceNanos) {}

  /**
   * Sees a lease.
   *
   * @param version as it was read
   * @param readNanos a time after it was read
   */
  public void see(String id, long version, long readNanos) {
    Seen before = seen.get(id);
    if (before == null ? seen.size() < MOST : before.version != version) {
      seen.put(id, new Seen(version, readNanos));
    }
  }

  /**
   * Whether a lease is dead.
   *
   * @param version as it was read now
   * @param askedNanos a time before it was read
   */
  public boolean isDead(String id, long version, LeaseTime time, long askedNanos) {
    Seen before = seen.get(id);
    return before != null
        && before.version == version
        && askedNanos - before.sinceNanos >= time.deadNanos();
  }

  /** Forgets a lease that is none any more. */
  public void forget(String id) {
    seen.remove(id);
  }

  /** Forgets all but these. */
  public void keepOnly(Set<String> ids) {
    seen.keySet().retainAll(ids);
  }

  /** Leases that are observed. */
  public int size() {
    return seen.size();
  }
}
