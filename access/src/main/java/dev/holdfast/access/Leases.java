package dev.holdfast.access;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Where connections are counted: what a machine asks of it. Each call may be repeated when its
 * answer was lost, and arrive late or twice. Thread-safe; calls may block for as long as an answer
 * takes.
 */
public interface Leases {
  /** Leases that one call renews, releases or drops. */
  int MOST_AT_ONCE = 1_000;

  /**
   * Asks for a lease. Whoever asks again for a connection that has one has it renewed.
   *
   * @throws BusyException if the store can't do it now; whether it did it is then not known
   */
  LeaseAnswer take(LeaseOrder order) throws IOException;

  /** Renews leases, at most {@link #MOST_AT_ONCE}; what became of each, by its id. */
  Map<String, LeaseRenewal.State> renew(List<LeaseRenewal> renewals) throws IOException;

  /**
   * Releases leases for good, at most {@link #MOST_AT_ONCE}: their slots are free at once, and
   * whoever comes late with a renewal or a question of theirs gets none.
   */
  void release(List<String> ids) throws IOException;

  /**
   * Drops all leases of these epochs, whose processes are known to be dead; at most {@link
   * #MOST_AT_ONCE}.
   */
  void drop(List<String> epochs) throws IOException;
}
