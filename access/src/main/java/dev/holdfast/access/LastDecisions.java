package dev.holdfast.access;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Who was let in last, for a short time in which nobody can be asked: an auth service that is
 * restarted must not keep those out who come and go. Whose connections are counted has to be asked
 * about always, unless his roles say that he may go uncounted meanwhile. Thread-safe.
 */
public final class LastDecisions {
  /** How long a decision counts that can't be made anew. */
  public static final Duration COUNTS = Duration.ofMinutes(5);

  /** Decisions that are kept; the oldest go. */
  public static final int MOST = 10_000;

  private final LongSupplier nanoTime;

  /** Guarded by this. */
  private final Map<Question, Kept> kept =
      new LinkedHashMap<>() {
        @java.io.Serial private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Kept> eldest) {
          return size() > MOST;
        }
      };

  /** None yet; {@code nanoTime} as {@link System#nanoTime}. */
  public LastDecisions(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * What was decided about.
   *
   * @param account as whom; empty if nobody was said
   * @param what where, or by which certificate
   */
  public record Question(String user, String account, String what) {}

  private record Kept(RoleOptions options, long at) {}

  /** He was let in with these options. */
  public synchronized void keep(Question question, RoleOptions options) {
    kept.remove(question);
    boolean counts =
        options
            .sessionControlOutage()
            .map(outage -> outage == RoleOptions.Outage.ALLOW)
            .orElse(options.maxConnections().isEmpty());
    if (counts) {
      kept.put(question, new Kept(options, nanoTime.getAsLong()));
    }
  }

  /** The options with which he was let in, if that still counts. */
  public synchronized Optional<RoleOptions> find(Question question) {
    Kept found = kept.get(question);
    return found == null || nanoTime.getAsLong() - found.at > COUNTS.toNanos()
        ? Optional.empty()
        : Optional.of(found.options);
  }

  /** What was decided about a user counts no more. */
  public synchronized void forget(String user) {
    kept.keySet().removeIf(question -> question.user.equals(user));
  }

  /** Nothing of it counts any more. */
  public synchronized void forgetAll() {
    kept.clear();
  }
}
