package dev.holdfast.link;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When to try for a new link while a stream has none. Made when the last link is lost, thrown away
 * when there is a new one. Pure: time in (nanoseconds of one monotonic clock), steps out. Confined
 * to the stream's driver:
 *
 * <pre>{@code
 * while (stream has no link) {
 *   switch (plan.next(now)) {
 *     case Start start -> dial in the background, at most for start.life();
 *                         report plan.connected(..), plan.overtaken(..) and plan.ended(..) as it comes
 *     case End end -> close that attempt, without a report
 *     case Wait wait -> sleep until then, or until something is to be reported
 *     case GiveUp _ -> the stream has ended
 *   }
 * }
 * }</pre>
 *
 * <p><b>Silence is raced.</b> A SYN into a silent network is lost, and the kernel sends it again
 * only after 1 s and more. So while nobody answers, a new attempt starts every 150 ms, the earlier
 * ones still under way. The wait after the network's return is then half of that, plus the round
 * trips. After a quarter of an hour the pace falls slowly to one in 300 ms; at that pace the
 * attempts live long enough to be sent a second time by the kernel, so the wait stays nearly the
 * same.
 *
 * <p><b>At most eight at once.</b> For a new one the oldest makes way, save two elders that live
 * out their 3 s (or six round trips): a network much slower than the last one still gets through.
 * None makes way younger than three round trips, or 3 s; where a sixth of that is longer than the
 * pace, it is the pace.
 *
 * <p><b>Where a connection is up</b> and only the peer's word is awaited, nothing new starts for a
 * second, or three round trips up to 3 s: resumes must not chase each other. Each time that was too
 * short it is doubled, up to 8 s: a server on which many come back at once is slow, and what is not
 * waited for it has done in vain.
 *
 * <p><b>No network at all</b> is known at once and costs nothing; it is tried again when a change
 * is told, or after 250 ms, later 600 ms. <b>A refusal</b> comes from a live host: for a second, in
 * which servers restart, it is tried again after 50, 100, 150 ms and so on; then the pause doubles,
 * with full jitter, up to 5 s. <b>A busy server</b> gets no quick second.
 *
 * <p>Time is what the clock counts: where it stands still in sleep, so does patience; the server's
 * own word decides in the end.
 */
final class RetryPlan {
  static final Duration INTERVAL = Duration.ofMillis(150);
  static final Duration LATE_INTERVAL = Duration.ofMillis(300);
  static final Duration NO_NETWORK_PAUSE = Duration.ofMillis(250);
  static final Duration LATE_NO_NETWORK_PAUSE = Duration.ofMillis(600);

  /** Up to here the pace is the quick one. */
  static final Duration QUICK_UNTIL = Duration.ofMinutes(15);

  /** From here on it is the late one; it falls evenly in between. */
  static final Duration LATE_FROM = Duration.ofMinutes(60);

  /** Attempts under way at once. */
  static final int MAX_ATTEMPTS = 8;

  /** Attempts that do not make way for younger ones. */
  static final int MAX_ELDERS = 2;

  /** An attempt's life, if six round trips are not longer. */
  static final Duration LIFE = Duration.ofSeconds(3);

  /** The pause after a connection has come up, if the time for an answer is not longer. */
  static final Duration HOLD = Duration.ofSeconds(1);

  static final Duration MAX_HOLD = Duration.ofSeconds(8);

  /** Two attempts never start within less, however often the network changes. */
  static final Duration MIN_GAP = Duration.ofMillis(50);

  static final Duration QUICK_REFUSALS = Duration.ofSeconds(1);
  static final Duration QUICK_REFUSAL_STEP = Duration.ofMillis(50);
  static final Duration REFUSAL_PAUSE = Duration.ofMillis(100);
  static final Duration MAX_REFUSAL_PAUSE = Duration.ofSeconds(5);

  /** Patience without end. */
  static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

  /** What to do next. */
  sealed interface Step {
    /** Start an attempt, and end it after {@code life} at the latest. */
    record Start(int attempt, Duration life) implements Step {}

    /** End this attempt; there is nothing to report of it. */
    record End(int attempt) implements Step {}

    /** Nothing, until then or until a report. */
    record Wait(long untilNanos) implements Step {}

    /** The patience is at its end. */
    record GiveUp() implements Step {}
  }

  /** How an attempt ended that did not bring a link. */
  enum Outcome {
    /** Nobody answered, or the connection broke. */
    SILENT,
    /** It failed at once, in this machine: no address, no route, no name. */
    NO_NETWORK,
    /** Somebody answered: refused, closed without a word, a proxy's no. */
    REFUSED,
    /** The server said that it takes nobody at the moment. */
    BUSY;

    static Outcome of(DialFailure failure) {
      return switch (failure) {
        case DialFailure.UnknownHost _, DialFailure.Unreachable _, DialFailure.NoSocket _ ->
            NO_NETWORK;
        case DialFailure.LookupTimedOut _,
            DialFailure.TimedOut _,
            DialFailure.ProxyTimedOut _,
            DialFailure.Cancelled _ ->
            SILENT;
        case DialFailure.Refused _,
            DialFailure.ProxyRefused _,
            DialFailure.ProxyNeedsAuthentication _,
            DialFailure.ProxyRejectedAuthentication _,
            DialFailure.ProxyClosed _,
            DialFailure.ProxyGarbled _,
            DialFailure.BadProxy _ ->
            REFUSED;
        case DialFailure.ProxyUnavailable unavailable -> of(unavailable.why());
      };
    }
  }

  /** An attempt under way. Times are nanoseconds since the loss. */
  private static final class Flight {
    final int attempt;
    final long started;
    boolean connected;

    Flight(int attempt, long started) {
      this.attempt = attempt;
      this.started = started;
    }
  }

  private final long lostNanos;
  private final long patience;
  private final long life;

  /**
   * Three round trips, in which an answer should come; the last link's may be far from the next
   * one's.
   */
  private final long answerTime;

  private final RandomGenerator random;

  /** Oldest first. */
  private final List<Flight> flights = new ArrayList<>();

  private int attempts;

  /** Connections in a row whose peer said nothing for as long as they were held. */
  private int unanswered;

  private long lastStart = -MIN_GAP.toNanos();
  private long nextStart;
  private long changed;
  private int refusals;
  private int slowRefusals;
  private long firstRefusal;
  private long lastRefusal;

  /**
   * @param lostNanos when the last link was lost, or was given up for lost
   * @param roundTrip the last link's
   * @param patience after this time without a link there is none to be had: what the server has
   *     announced, or a user's limit
   */
  RetryPlan(long lostNanos, Duration roundTrip, Duration patience, RandomGenerator random) {
    this.lostNanos = lostNanos;
    this.life = Math.max(LIFE.toNanos(), 6 * roundTrip.toNanos());
    this.answerTime = Math.min(3 * roundTrip.toNanos(), LIFE.toNanos());
    this.patience = patience.compareTo(UNLIMITED) < 0 ? patience.toNanos() : Long.MAX_VALUE;
    this.random = random;
  }

  /** The next thing to do at this time. To be asked again until it says to wait. */
  Step next(long nowNanos) {
    long now = nowNanos - lostNanos;
    if (now >= patience) {
      return new Step.GiveUp();
    }
    for (Flight flight : flights) {
      if (now >= flight.started + life) {
        return end(flight);
      }
    }
    long due = Math.max(nextStart, roomAt());
    if (now < due) {
      return new Step.Wait(lostNanos + Math.min(Math.min(due, patience), firstExpiry()));
    }
    return flights.size() < MAX_ATTEMPTS ? start(now) : end(givesWay().orElseThrow());
  }

  /** The connection of this attempt is up; the peer's word is awaited. */
  void connected(int attempt, long nowNanos) {
    find(attempt)
        .ifPresent(flight -> {
          flight.connected = true;
          postpone(nowNanos - lostNanos + hold().toNanos());
        });
  }

  /** For so long a connection that is up is not overtaken by another one. */
  Duration hold() {
    long first = Math.max(HOLD.toNanos(), answerTime);
    return Duration.ofNanos(Math.min(first << Math.min(unanswered, 4), MAX_HOLD.toNanos()));
  }

  /** Another connection takes this attempt's place, whose peer has said nothing in time. */
  void overtaken(int attempt, long nowNanos) {
    unanswered++;
    ended(attempt, Outcome.SILENT, nowNanos);
  }

  /** This attempt has brought nothing. One that the plan itself has ended is passed over. */
  void ended(int attempt, Outcome outcome, long nowNanos) {
    find(attempt)
        .ifPresent(flight -> {
          flights.remove(flight);
          learn(flight, outcome, nowNanos - lostNanos);
        });
  }

  /** The network has changed, or the machine woke: what was learnt before is worth nothing. */
  void changed(long nowNanos) {
    changed = nowNanos - lostNanos;
    unanswered = 0;
    refusals = 0;
    slowRefusals = 0;
    nextStart = Math.max(changed, lastStart + MIN_GAP.toNanos());
  }

  private Optional<Flight> find(int attempt) {
    return flights.stream().filter(flight -> flight.attempt == attempt).findFirst();
  }

  private Step.Start start(long now) {
    long share = answerTime / (refusals == 0 ? MAX_ATTEMPTS - MAX_ELDERS : 1);
    lastStart = now;
    nextStart = now + jittered(Math.max(share, paced(INTERVAL, LATE_INTERVAL, now)));
    flights.add(new Flight(attempts, now));
    return new Step.Start(attempts++, Duration.ofNanos(life));
  }

  private Step.End end(Flight flight) {
    flights.remove(flight);
    return new Step.End(flight.attempt);
  }

  private long firstExpiry() {
    return flights.isEmpty() ? Long.MAX_VALUE : flights.getFirst().started + life;
  }

  /** When there is room for another attempt. */
  private long roomAt() {
    if (flights.size() < MAX_ATTEMPTS) {
      return 0;
    }
    long whenOldEnough =
        givesWay()
            .map(f -> f.started < changed ? 0 : f.started + answerTime)
            .orElse(Long.MAX_VALUE);
    return Math.min(whenOldEnough, firstExpiry());
  }

  /**
   * The attempt to end when a new one needs its place: one from before the last change, else the
   * oldest but the elders.
   */
  private Optional<Flight> givesWay() {
    List<Flight> unanswered = flights.stream().filter(flight -> !flight.connected).toList();
    return unanswered.stream()
        .filter(flight -> flight.started < changed)
        .findFirst()
        .or(() -> unanswered.stream().skip(MAX_ELDERS).findFirst());
  }

  private void learn(Flight flight, Outcome outcome, long now) {
    if (flight.started < changed) {
      return;
    }
    switch (outcome) {
      case SILENT -> silent(flight, now);
      case NO_NETWORK ->
          postpone(now + jittered(paced(NO_NETWORK_PAUSE, LATE_NO_NETWORK_PAUSE, now)));
      case REFUSED, BUSY -> refused(flight, outcome, now);
    }
  }

  private void silent(Flight flight, long now) {
    if (flight.started >= lastRefusal) {
      refusals = 0;
      slowRefusals = 0;
    }
    if (flight.connected) {
      nextStart = Math.max(now, lastStart + INTERVAL.toNanos());
    }
  }

  /** Attempts that were raced are refused together: that counts once. */
  private void refused(Flight flight, Outcome outcome, long now) {
    if (refusals > 0 && flight.started < lastRefusal) {
      return;
    }
    firstRefusal = refusals == 0 ? now : firstRefusal;
    lastRefusal = now;
    refusals++;
    boolean quick = outcome == Outcome.REFUSED && now - firstRefusal < QUICK_REFUSALS.toNanos();
    nextStart = now + (quick ? jittered(refusals * QUICK_REFUSAL_STEP.toNanos()) : backoff());
  }

  /** Exponential with full jitter. */
  private long backoff() {
    long doubled = REFUSAL_PAUSE.toNanos() << Math.min(slowRefusals++, 10);
    long ceiling = Math.min(doubled, MAX_REFUSAL_PAUSE.toNanos());
    return Math.max(MIN_GAP.toNanos(), random.nextLong(ceiling));
  }

  private void postpone(long until) {
    nextStart = Math.max(nextStart, until);
  }

  /** From {@code quick} to {@code late}, by the time since the loss or the last change. */
  private long paced(Duration quick, Duration late, long now) {
    double part =
        (double) (now - changed - QUICK_UNTIL.toNanos()) / LATE_FROM.minus(QUICK_UNTIL).toNanos();
    double clamped = Math.clamp(part, 0.0, 1.0);
    return quick.toNanos() + Math.round(clamped * late.minus(quick).toNanos());
  }

  /** Within a fifth of it, more or less. */
  private long jittered(long nanos) {
    return Math.round(nanos * random.nextDouble(0.8, 1.2));
  }
}
