package dev.holdfast.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which connections to an app are made ahead. A spare saves a round trip; but an app that serves
 * one connection at a time stands still for everybody while it waits for a spare to speak, and
 * others answer a silent one with an error or close it. So:
 *
 * <ul>
 *   <li>none until the app was seen to answer HTTP;
 *   <li>none until it was seen to answer one connection while older ones stood idle, as many as
 *       there will be: a connection at a time is tried, for {@link Tolerance#guardNanos} at most;
 *   <li>the newest is handed out while so many idle ones are not proved yet, which proves them;
 *       then the oldest;
 *   <li>no more than the {@link Demand};
 *   <li>none is older than {@link #AGE}, or half of what the app was seen to close them after;
 *   <li>all are given back when an answer stalls; if that helped, none for good; and none for good
 *       when the app says something to a silent one, such as 408.
 * </ul>
 *
 * <p>Pure: events with their times in, decisions out; the caller locks. {@code S} is what the
 * caller knows a spare by.
 */
final class Pool<S> {
  /** Spares when a page loads: a browser asks for six connections to one host. */
  static final int BURST = 5;

  /** Spares when those are used up within a second, as by an app that closes after each answer. */
  static final int MANY = 12;

  /** A spare's age. */
  static final Duration AGE = Duration.ofSeconds(10);

  /** After so long without a connection there is no spare. */
  static final Duration REST = Duration.ofSeconds(15);

  /** An answer that takes longer, with spares around, is a stall. */
  static final Duration STALL = Duration.ofMillis(1500);

  /** A connection in use. */
  static final class Use {
    private final long order;
    private final long openedNanos;
    private final boolean wasSpare;
    private long sent = NEVER;
    private boolean everSent;
    private boolean everAnswered;

    private Use(long order, long openedNanos, boolean wasSpare) {
      this.order = order;
      this.openedNanos = openedNanos;
      this.wasSpare = wasSpare;
    }
  }

  private static final long NEVER = Long.MIN_VALUE;

  private record Spare(long order, long openedNanos) {}

  private final Map<S, Spare> spares = new LinkedHashMap<>();
  private final Set<Use> uses = new LinkedHashSet<>();
  private final Demand demand = new Demand();
  private long orders;
  private int opening;
  private Tolerance tolerance = new Tolerance();
  private @Nullable Use stalled;
  private long gaveBack;

  // ---- what happens ----

  /** A number for a connection that is begun now: those with smaller ones reach the app before. */
  long order() {
    return ++orders;
  }

  /** Connections will be wanted. */
  void expected(long now) {
    demand.expected(now);
  }

  /** A connection of that order is in use from now on. */
  Use began(long order, long now) {
    return add(new Use(order, now, false), now);
  }

  private Use add(Use use, long now) {
    uses.add(use);
    demand.began(now);
    return use;
  }

  /** A request was sent through it. */
  void sent(Use use, long now) {
    use.sent = now;
    use.everSent = true;
  }

  /**
   * Its answer begins.
   *
   * @param isHttp whether it looks like HTTP, as the request did
   */
  void answered(Use use, long now, boolean isHttp) {
    use.everAnswered = true;
    if (isHttp) {
      tolerance.spokeHttp();
    }
    if (use.sent == NEVER) {
      return;
    }
    long took = now - use.sent;
    use.sent = NEVER;
    if (use == stalled) {
      endStall(now);
      return;
    }
    tolerance.answered(took, olderThan(use));
  }

  /** It has ended, whoever ended it. */
  void ended(Use use) {
    uses.remove(use);
    if (use == stalled) {
      stalled = null;
    }
  }

  /** The app ended it. */
  void endedByApp(Use use, long now) {
    boolean isEarly = use.wasSpare && use.everSent && !use.everAnswered;
    if (isEarly) {
      tolerance.closedEarly(now - use.openedNanos);
    }
  }

  /** So many spares are being opened. */
  void opening() {
    opening++;
  }

  /** One of them is there. */
  void opened(S spare, long order, long now) {
    opening--;
    spares.put(spare, new Spare(order, now));
  }

  /** One of them did not come about. */
  void failed() {
    opening--;
  }

  /** The app did something to a spare; false if it is none any more. */
  boolean touched(S spare, boolean spoke, long now) {
    Spare gone = spares.remove(spare);
    if (gone == null) {
      return false;
    }
    if (spoke) {
      tolerance.spokeFirst();
    } else {
      tolerance.closedAfter(now - gone.openedNanos);
    }
    return true;
  }

  /** A spare has gone for reasons that are not the app's; false if it was none. */
  boolean lost(S spare) {
    return spares.remove(spare) != null;
  }

  /** All spares are given up; nothing is learned from that. */
  List<S> drop() {
    List<S> dropped = List.copyOf(spares.keySet());
    spares.clear();
    return dropped;
  }

  /** It was seen elsewhere to answer while so many connections were idle. */
  void learn(int idle) {
    tolerance.spokeHttp();
    tolerance.proved(idle);
  }

  /** The app is not there: another one may come in its place, of which nothing is known. */
  void forget() {
    tolerance = new Tolerance();
  }

  /** After the spares were given back it answered: at once because of that, or late anyway. */
  private void endStall(long now) {
    stalled = null;
    if (now - gaveBack < tolerance.guardNanos()) {
      tolerance.stalledByIdleOnes();
    } else {
      demand.rest(now);
    }
  }

  // ---- what is to be done ----

  /** How many spares to open before the connection that is begun now: a trial. */
  int ahead(long now) {
    boolean isTrial =
        tolerance.mayBeTried()
            && spares.isEmpty()
            && opening == 0
            && uses.stream().allMatch(use -> use.sent == NEVER)
            && !demand.rests(now);
    if (isTrial) {
      tolerance.tried();
    }
    return isTrial ? 1 : 0;
  }

  /** A spare that may be used now, which is then in use. */
  Optional<Taken<S>> take(long now) {
    if (tolerance.banned().isPresent() || tolerance.proved() == 0) {
      return Optional.empty();
    }
    List<S> ready =
        spares.entrySet().stream()
            .filter(each -> now - each.getValue().openedNanos <= tolerance.ageNanos())
            .map(Map.Entry::getKey)
            .toList();
    if (ready.isEmpty()) {
      return Optional.empty();
    }
    S chosen = ready.size() - 1 > tolerance.proved() ? ready.getLast() : ready.getFirst();
    Spare spare = Objects.requireNonNull(spares.remove(chosen));
    Use use = add(new Use(spare.order, spare.openedNanos, true), now);
    return Optional.of(new Taken<>(chosen, use));
  }

  /** What {@link #take} hands out. */
  record Taken<S>(S spare, Use use) {}

  /** How many spares to open now. */
  int missing(long now) {
    return Math.max(target(now) - spares.size() - opening, 0);
  }

  private int target(long now) {
    if (!tolerance.isProved()) {
      return 0;
    }
    int allowed = tolerance.proved() < BURST - 1 ? BURST : MANY;
    return Math.min(allowed, demand.connections(now));
  }

  /** Which spares to close now; they are forgotten. */
  List<S> surplus(long now) {
    List<S> surplus = new ArrayList<>();
    if (isStalled(now)) {
      surplus.addAll(spares.keySet());
      spares.clear();
      return surplus;
    }
    boolean isTrying = tolerance.isOpen() && isWaited();
    int kept = isTrying ? 1 : target(now);
    Iterator<Map.Entry<S, Spare>> each = spares.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<S, Spare> spare = each.next();
      boolean isOld = now - spare.getValue().openedNanos > tolerance.ageNanos();
      if (isOld || spares.size() > kept) {
        surplus.add(spare.getKey());
        each.remove();
      }
    }
    return surplus;
  }

  private boolean isWaited() {
    return uses.stream().anyMatch(use -> use.sent != NEVER);
  }

  /** Whether an answer is late while spares, which may be why, are open. */
  private boolean isStalled(long now) {
    if (spares.isEmpty()) {
      return false;
    }
    for (Use use : uses) {
      if (use.sent == NEVER) {
        continue;
      }
      long patience =
          olderThan(use) > tolerance.proved() ? tolerance.guardNanos() : STALL.toNanos();
      if (now - use.sent > patience) {
        stalled = use;
        gaveBack = now;
        return true;
      }
    }
    return false;
  }

  private int olderThan(Use use) {
    return (int) spares.values().stream().filter(spare -> spare.order < use.order).count();
  }

  // ---- for who looks ----

  int spares() {
    return spares.size();
  }

  /** Connections in use. */
  int uses() {
    return uses.size();
  }

  /** What the app was seen to bear. */
  Tolerance tolerance() {
    return tolerance;
  }
}
