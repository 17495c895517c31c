package dev.holdfast.forward;

import java.time.Duration;

/**
 * Whether a session may be dead, and what is to be done to know. What was heard proves that the
 * session lived then; what was asked and answered proves that it lived when it was asked.
 *
 * <pre>
 *   heard lately ── {@link #SILENCE_BUSY} with somebody waiting, or quiet/2 in use ──► asked
 *   asked ── any byte ──► heard lately
 *   asked ── {@link #patienceNanos} ──► suspect, a new session is made beside it
 *   asked ── dead ──► given up
 * </pre>
 *
 * <p>After the machine woke or its network changed nothing that was heard before counts, nor bytes
 * that waited here since: only an answer does. Pure: times in, verdicts out; the caller locks.
 */
final class Liveness {
  /** With somebody waiting for an answer, a session is asked after so much silence. */
  static final Duration SILENCE_BUSY = Duration.ofSeconds(1);

  /** With connections made ahead, it is asked after so much silence, so that they may be used. */
  static final Duration SILENCE_READY = Duration.ofMillis(700);

  /** After so much silence and a round trip nothing is written that was not confirmed since. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /** A session that nobody uses is asked this often, so that no router forgets it. */
  static final Duration SILENCE_IDLE = Duration.ofSeconds(30);

  /** An answer that takes longer than this, or than answers take (RFC 6298), is late. */
  static final Duration LATE = Duration.ofMillis(150);

  /** What a new connection waits at least, beside what answers take. */
  static final Duration HEDGE = Duration.ofMillis(20);

  /** While others are waiting for a session that is replaced already, it has so long. */
  static final Duration REPLACED = Duration.ofSeconds(1);

  /** What is due. */
  enum Due {
    NOTHING,
    /** Ask. */
    ASK,
    /** Make a new session, if one is wanted. */
    REPLACE,
    /** Give it up. */
    DEAD
  }

  /** What the session is used for now. */
  enum Use {
    /** Nobody has a connection through it. */
    NONE,
    /** Somebody has one, or will. */
    OPEN,
    /** Connections were made ahead. */
    READY,
    /** Somebody waits for an answer. */
    WAITING
  }

  private static final long NEVER = Long.MIN_VALUE;

  private final ForwardSettings settings;
  private final boolean outlivesLinks;
  private long heard;
  private long doubted = NEVER;
  private long asked = NEVER;
  private long roundTrip = -1;
  private long variation;
  private long shortest = Long.MAX_VALUE;

  /** Of a session that answered {@code now}. */
  Liveness(ForwardSettings settings, boolean outlivesLinks, long now) {
    this.settings = settings;
    this.outlivesLinks = outlivesLinks;
    heard = now;
  }

  /** Bytes came at that time. */
  void heard(long at) {
    if (at - heard > 0) {
      heard = at;
    }
    if (asked != NEVER && doubted == NEVER && heard - asked > 0) {
      asked = NEVER;
    }
  }

  /** What was heard before says nothing any more. */
  void doubt(long now) {
    doubted = now;
    asked = NEVER;
  }

  /** A question goes out. */
  void asked(long now) {
    if (asked == NEVER) {
      asked = now;
    }
  }

  /** What was sent at {@code sent} has its answer now. */
  void answered(long sent, long now) {
    long took = Math.max(now - sent, 0);
    measured(took);
    shortest = Math.min(shortest, took);
    if (doubted != NEVER && sent - doubted >= 0) {
      doubted = NEVER;
    }
    heard(now);
    if (asked != NEVER && sent - asked >= 0) {
      asked = NEVER;
    }
  }

  /** As TCP measures (RFC 6298 2). */
  private void measured(long took) {
    if (roundTrip < 0) {
      roundTrip = took;
      variation = took / 2;
    } else {
      variation = (3 * variation + Math.abs(roundTrip - took)) / 4;
      roundTrip = (7 * roundTrip + took) / 8;
    }
  }

  /** In nanoseconds; negative if nothing was measured yet. */
  long roundTripNanos() {
    return roundTrip;
  }

  /** After this much time an answer is late. */
  long patienceNanos() {
    return Math.max(LATE.toNanos(), usualNanos() + HEDGE.toNanos());
  }

  private long usualNanos() {
    return Math.max(roundTrip, 0) + 4 * variation;
  }

  /** Whether it must be proved before anything that matters goes into it. */
  boolean isSuspect(long now) {
    return doubted != NEVER || isLate(now) || now - heard > settings.quiet().toNanos();
  }

  /** Whether it was heard of so lately that what was confirmed before may be used. */
  boolean isFresh(long now) {
    return doubted == NEVER && now - heard < FRESH.toNanos() + Math.max(roundTrip, 0);
  }

  private boolean isLate(long now) {
    return asked != NEVER && now - asked > patienceNanos();
  }

  /** For how long a new connection waits before a new session is made beside this one. */
  long hedgeNanos(long now) {
    if (isSuspect(now)) {
      return 0;
    }
    long most = roundTrip < 0 ? LATE.toNanos() : 2 * shortest + HEDGE.toNanos();
    return Math.min(usualNanos() + HEDGE.toNanos(), most);
  }

  /**
   * What is to be done now.
   *
   * @param replaced whether there is a newer session
   */
  Due due(long now, Use use, boolean replaced) {
    if (asked == NEVER) {
      return isQuestionDue(now, use) ? Due.ASK : Due.NOTHING;
    }
    long waited = now - asked;
    if (waited > mostNanos(use, replaced)) {
      return Due.DEAD;
    }
    return isLate(now) && !replaced ? Due.REPLACE : Due.NOTHING;
  }

  private boolean isQuestionDue(long now, Use use) {
    long silence = now - heard;
    return doubted != NEVER
        || switch (use) {
          case NONE -> silence > SILENCE_IDLE.toNanos();
          case OPEN -> silence > settings.quiet().toNanos() / 2;
          case READY -> silence > SILENCE_READY.toNanos();
          case WAITING -> silence > SILENCE_BUSY.toNanos();
        };
  }

  /** A stream that outlives its links comes back; only one that is replaced has no more time. */
  private long mostNanos(Use use, boolean replaced) {
    if (outlivesLinks && !replaced) {
      return Long.MAX_VALUE;
    }
    long dead = settings.dead().toNanos();
    if (replaced && !outlivesLinks) {
      return Math.min(dead, Math.max(REPLACED.toNanos(), patienceNanos()));
    }
    return use == Use.WAITING || use == Use.READY ? dead : 3 * dead;
  }
}
