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

  /** A session that nobody uses is asked this often, so that no router forgets it. */
  static final Duration SILENCE_IDLE = Duration.ofSeconds(30);

  /** An answer that takes longer than this, or three round trips, is late. */
  static final Duration LATE = Duration.ofMillis(150);

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
    roundTrip = roundTrip < 0 ? took : took < roundTrip ? took : (7 * roundTrip + took) / 8;
    if (doubted != NEVER && sent - doubted >= 0) {
      doubted = NEVER;
    }
    heard(now);
    if (asked != NEVER && sent - asked >= 0) {
      asked = NEVER;
    }
  }

  /** In nanoseconds; negative if nothing was measured yet. */
  long roundTripNanos() {
    return roundTrip;
  }

  /** After this much time an answer is late. */
  long patienceNanos() {
    return Math.max(LATE.toNanos(), 3 * Math.max(roundTrip, 0));
  }

  /** Whether it must be proved before anything that matters goes into it. */
  boolean isSuspect(long now) {
    return doubted != NEVER || isLate(now) || now - heard > settings.quiet().toNanos();
  }

  /** Whether it was heard of within one round trip or so. */
  boolean isFresh(long now) {
    return doubted == NEVER && now - heard < SILENCE_BUSY.toNanos();
  }

  private boolean isLate(long now) {
    return asked != NEVER && now - asked > patienceNanos();
  }

  /** For how long a new connection waits before a new session is made beside this one. */
  long hedgeNanos(long now) {
    return isLate(now) ? 0 : patienceNanos();
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
    return use == Use.WAITING ? dead : 3 * dead;
  }
}
