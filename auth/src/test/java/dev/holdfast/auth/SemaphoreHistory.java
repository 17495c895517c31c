package dev.holdfast.auth;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What was asked of a counting semaphore with leases, and answered, with the times of both; and the
 * search for an order in which a semaphore that does one thing after the other would have answered
 * so (Wing and Gong 1993, with Lowe's memory of what was tried). What was asked before another
 * thing was answered may come before it; what was answered before another was asked must. Something
 * without an answer may have happened at any time since it was asked, or never. Thread-safe while
 * it is written.
 */
final class SemaphoreHistory {
  /** States that a search looks at; one that needs more is a failure, too. */
  private static final int MOST_STATES = 2_000_000;

  private static final long NEVER = Long.MAX_VALUE;

  private final int limit;
  private final List<Op> ops = new ArrayList<>();

  SemaphoreHistory(int limit) {
    this.limit = limit;
  }

  /** What happens to a lease. */
  enum Kind {
    /** A slot is given; it is no second one if the lease has one. */
    GRANTED,
    /** No slot is given, since all are taken. */
    FULL,
    /** A slot is asked for; how that was answered is not known. */
    ASKED,
    /** The slot is free, and the lease gets none any more. */
    RELEASED,
    /** The slot may be free, from then on: its time has passed. */
    EXPIRED
  }

  /** One thing. */
  record Op(Kind kind, String lease, long asked, long answered) {
    boolean isCertain() {
      return answered != NEVER;
    }
  }

  synchronized void add(Kind kind, String lease, long asked, long answered) {
    ops.add(new Op(kind, lease, asked, answered));
  }

  /** Something to which there was no answer. */
  synchronized void addUnanswered(Kind kind, String lease, long asked) {
    ops.add(new Op(kind, lease, asked, NEVER));
  }

  /** Whether there is such an order. */
  boolean isLinearizable() {
    ops.sort((a, b) -> Long.compare(a.asked, b.asked));
    tried.clear();
    return search(new BitSet(), new TreeSet<>(), new TreeSet<>());
  }

  private final Set<List<Object>> tried = new HashSet<>();

  private boolean search(BitSet done, Set<String> held, Set<String> over) {
    if (tried.size() > MOST_STATES) {
      throw new AssertionError("the history is too long to be searched");
    }
    if (!tried.add(List.of(done.clone(), Set.copyOf(held)))) {
      return false;
    }
    long horizon = NEVER;
    boolean complete = true;
    for (int i = 0; i < ops.size(); i++) {
      if (!done.get(i) && ops.get(i).isCertain()) {
        horizon = Math.min(horizon, ops.get(i).answered);
        complete = false;
      }
    }
    if (complete) {
      return true;
    }
    // Certain ones first: what nobody has seen is only needed where nothing else explains it.
    return tryAll(true, horizon, done, held, over) || tryAll(false, horizon, done, held, over);
  }

  private boolean tryAll(
      boolean certain, long horizon, BitSet done, Set<String> held, Set<String> over) {
    for (int i = 0; i < ops.size() && ops.get(i).asked <= horizon; i++) {
      Op op = ops.get(i);
      if (!done.get(i) && op.isCertain() == certain && tryOne(i, op, done, held, over)) {
        return true;
      }
    }
    return false;
  }

  private boolean tryOne(int index, Op op, BitSet done, Set<String> held, Set<String> over) {
    Set<String> heldNext = new TreeSet<>(held);
    Set<String> overNext = new TreeSet<>(over);
    if (!happens(op, heldNext, overNext)) {
      return false;
    }
    BitSet next = (BitSet) done.clone();
    next.set(index);
    return search(next, heldNext, overNext);
  }

  /** What the semaphore does; false if it would not have answered so. */
  private boolean happens(Op op, Set<String> held, Set<String> over) {
    boolean room = held.contains(op.lease) || held.size() < limit;
    return switch (op.kind) {
      case GRANTED, ASKED -> {
        boolean given = room && !over.contains(op.lease);
        if (given) {
          held.add(op.lease);
        }
        yield given;
      }
      case FULL -> !room;
      case RELEASED -> {
        boolean was = held.remove(op.lease);
        over.add(op.lease);
        // What nobody has seen, and changes nothing, need not be tried.
        yield was || op.isCertain();
      }
      case EXPIRED -> held.remove(op.lease);
    };
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("limit " + limit);
    ops.forEach(op -> text.append('\n').append(op));
    return text.toString();
  }
}
