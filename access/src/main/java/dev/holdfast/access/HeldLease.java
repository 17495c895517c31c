package dev.holdfast.access;

/**
 * One lease for the process that holds it: until when it is valid, by the process's own clock,
 * which goes on while the machine is suspended. Once it was found to be over it never is valid
 * again, not even if an answer comes late. Thread-safe.
 */
public final class HeldLease {
  private final String id;
  private final LeaseTime time;
  private final boolean lenient;
  private long sinceNanos;
  private boolean detached;
  private boolean over;

  /** Read without the lock on the way of each byte. */
  private volatile long endNanos;

  /**
   * A lease.
   *
   * @param lenient whether the connection goes on while the lease can't be renewed
   * @param sentNanos before the question was sent whose answer was that it is held
   */
  public HeldLease(String id, LeaseTime time, boolean lenient, long sentNanos) {
    this.id = id;
    this.time = time;
    this.lenient = lenient;
    sinceNanos = sentNanos;
    endNanos = sentNanos + time.endNanos();
  }

  public String id() {
    return id;
  }

  /** Whether the connection goes on while the lease can't be renewed. */
  public boolean isLenient() {
    return lenient;
  }

  /** Whether a byte that has come may be looked at. */
  public boolean isValid(long nowNanos) {
    return nowNanos - endNanos < 0 || !isOver(nowNanos);
  }

  /** Whether it is over, now and for good. */
  public synchronized boolean isOver(long nowNanos) {
    over |= !lenient && nowNanos - endNanos >= 0;
    return over;
  }

  /** It was renewed by a question that was sent then. */
  public synchronized void renewed(long sentNanos) {
    if (!over && sentNanos - sinceNanos > 0) {
      sinceNanos = sentNanos;
      endNanos = sentNanos + time.endNanos();
    }
  }

  /** It is over, whatever the time. */
  public synchronized void end() {
    over = true;
    endNanos = sinceNanos;
  }

  /** Says whether the connection's stream waits for its client. */
  public synchronized void detached(boolean now) {
    detached = now;
  }

  /** What is sent to have it renewed. */
  public synchronized LeaseRenewal renewal() {
    return new LeaseRenewal(id, detached);
  }

  /** From when on it is to be renewed. */
  public synchronized long dueNanos() {
    return sinceNanos + time.renewNanos();
  }

  /** From when on it is over. */
  public long endNanos() {
    return endNanos;
  }

  /** The longest time between two attempts to renew it. */
  public long retryNanos() {
    return (time.endNanos() - time.renewNanos()) / 8;
  }
}
