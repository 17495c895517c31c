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
      throw new AssertionError("too long to be searched: " + this);
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
    int idle = firstIdle(horizon, done, held, over);
    if (idle >= 0) {
      return tryOne(idle, ops.get(idle), done, held, over);
    }
    // Certain ones first: what nobody has seen is only needed where nothing else explains it.
    for (int i = 0; i < ops.size() && ops.get(i).asked <= horizon; i++) {
      Op op = ops.get(i);
      if (!done.get(i) && op.isCertain() && tryOne(i, op, done, held, over)) {
        return true;
      }
    }
    return tryUnseen(horizon, done, held, over);
  }

  /**
   * What nobody has seen need not come before it explains something: a slot taken, that there are
   * no more; a slot free again, that one is given, or that its own lease did not have one any more.
   */
  private boolean tryUnseen(long horizon, BitSet done, Set<String> held, Set<String> over) {
    List<Op> pending = pending(horizon, done);
    boolean mayTake = pending.stream().anyMatch(it -> it.kind == Kind.FULL);
    boolean mayFree = pending.stream().anyMatch(it -> it.kind == Kind.GRANTED);
    for (int i = 0; i < ops.size() && ops.get(i).asked <= horizon; i++) {
      Op op = ops.get(i);
      boolean explains =
          op.kind == Kind.ASKED
              ? mayTake
              : mayFree
                  || pending.stream()
                      .anyMatch(it -> it.kind == Kind.FULL && it.lease.equals(op.lease));
      if (explains
          && !done.get(i)
          && !op.isCertain()
          && isFirst(i, op, done)
          && tryOne(i, op, done, held, over)) {
        return true;
      }
    }
    return false;
  }

  /** What was answered and may come next. */
  private List<Op> pending(long horizon, BitSet done) {
    List<Op> pending = new ArrayList<>();
    for (int i = 0; i < ops.size() && ops.get(i).asked <= horizon; i++) {
      if (!done.get(i) && ops.get(i).isCertain()) {
        pending.add(ops.get(i));
      }
    }
    return pending;
  }

  /**
   * What may come now and changes nothing, if there is such a thing: whatever order explains the
   * rest explains it behind that, too, so no other has to be tried.
   */
  private int firstIdle(long horizon, BitSet done, Set<String> held, Set<String> over) {
    for (int i = 0; i < ops.size() && ops.get(i).asked <= horizon; i++) {
      Op op = ops.get(i);
      if (!done.get(i) && op.isCertain() && isIdle(op, done, held, over)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isIdle(Op op, BitSet done, Set<String> held, Set<String> over) {
    boolean has = held.contains(op.lease);
    boolean isOver = over.contains(op.lease);
    return switch (op.kind) {
      case GRANTED -> has && !isOver;
      case FULL -> !has && held.size() >= limit;
      case RELEASED -> !has && (isOver || !isWanted(op.lease, done));
      case ASKED, EXPIRED -> false;
    };
  }

  /** Whether the lease may still be given a slot. */
  private boolean isWanted(String lease, BitSet done) {
    for (int i = done.nextClearBit(0); i < ops.size(); i = done.nextClearBit(i + 1)) {
      Op op = ops.get(i);
      if (op.lease.equals(lease) && (op.kind == Kind.GRANTED || op.kind == Kind.ASKED)) {
        return true;
      }
    }
    return false;
  }

  /** Of several that say the same, and nobody saw, any one is as good as the first. */
  private boolean isFirst(int index, Op op, BitSet done) {
    for (int i = 0; i < index; i++) {
      Op before = ops.get(i);
      if (!done.get(i)
          && !before.isCertain()
          && before.kind == op.kind
          && before.lease.equals(op.lease)) {
        return false;
      }
    }
    return true;
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
