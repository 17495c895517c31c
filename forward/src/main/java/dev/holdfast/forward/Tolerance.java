package dev.holdfast.forward;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an app was seen to bear: beside how many idle connections it answers, for how long it leaves
 * them open, and why it gets none any more. Pure; the caller locks.
 */
final class Tolerance {
  /** While it is not proved that the app answers beside spares, it has at least this long. */
  static final Duration GUARD = Duration.ofMillis(250);

  /** An app that closes idle connections sooner gets none. */
  static final Duration LEAST_LIMIT = Duration.ofSeconds(2);

  /** Trials that came to nothing, at most. */
  static final int TRIALS = 3;

  /** Connections handed out that closed without a byte, at most. */
  static final int EARLY_CLOSES = 2;

  private boolean speaksHttp;
  private int proved;
  private int trials;
  private int earlyCloses;
  private long limitNanos = 2 * Pool.AGE.toNanos();
  private long usualNanos;
  private @Nullable Ban ban;

  /** Why there are no spares for good. */
  enum Ban {
    /** It answers one connection at a time. */
    ONE_AT_A_TIME("it answers one connection at a time"),
    /** It spoke on a connection that had said nothing. */
    SPOKE_FIRST("it speaks on idle connections"),
    /** It closes idle connections at once. */
    CLOSES("it closes idle connections");

    private final String words;

    Ban(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** It answers HTTP. */
  void spokeHttp() {
    speaksHttp = true;
  }

  /** It answered within that time while so many older connections were idle. */
  void answered(long tookNanos, int idle) {
    usualNanos = usualNanos == 0 ? tookNanos : (3 * usualNanos + tookNanos) / 4;
    proved(idle);
  }

  /** It answers beside so many. */
  void proved(int idle) {
    proved = Math.max(proved, idle);
  }

  /** It spoke on a connection that had said nothing. */
  void spokeFirst() {
    ban = Ban.SPOKE_FIRST;
  }

  /** An answer came as soon as the idle connections had gone. */
  void stalledByIdleOnes() {
    ban = Ban.ONE_AT_A_TIME;
  }

  /** It closed an idle connection of that age. */
  void closedAfter(long nanos) {
    limitNanos = Math.min(limitNanos, nanos);
    if (limitNanos < LEAST_LIMIT.toNanos()) {
      ban = Ban.CLOSES;
    }
  }

  /** It closed one of that age on its first request. */
  void closedEarly(long nanos) {
    if (++earlyCloses >= EARLY_CLOSES) {
      ban = Ban.CLOSES;
    } else {
      closedAfter(nanos);
    }
  }

  /** Whether one idle connection may be tried. */
  boolean mayBeTried() {
    return speaksHttp && proved == 0 && ban == null && trials < TRIALS;
  }

  /** It is tried. */
  void tried() {
    trials++;
  }

  /** Whether it may still turn out to bear any. */
  boolean isOpen() {
    return proved == 0 && ban == null;
  }

  /** Whether it bears some. */
  boolean isProved() {
    return speaksHttp && proved > 0 && ban == null;
  }

  /** How many idle connections it was seen to answer beside. */
  int proved() {
    return proved;
  }

  Optional<Ban> banned() {
    return Optional.ofNullable(ban);
  }

  /** How long an answer may take beside more spares than were proved. */
  long guardNanos() {
    return Math.max(GUARD.toNanos(), 3 * usualNanos);
  }

  /** How old a spare may be. */
  long ageNanos() {
    return Math.min(Pool.AGE.toNanos(), limitNanos / 2);
  }
}
