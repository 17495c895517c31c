package dev.holdfast.node;

import dev.holdfast.access.HeldLease;
import dev.holdfast.access.LeaseOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A connection that takes one of its user's slots, until it is closed. Thread-safe. */
public final class CountedConnection implements AutoCloseable {
  private final LeaseKeeper keeper;
  private final LeaseOrder order;
  private final HeldLease lease;
  private final Consumer<String> end;
  private final AtomicBoolean closed = new AtomicBoolean();

  CountedConnection(LeaseKeeper keeper, LeaseOrder order, HeldLease lease, Consumer<String> end) {
    this.keeper = keeper;
    this.order = order;
    this.lease = lease;
    this.end = end;
  }

  LeaseOrder order() {
    return order;
  }

  HeldLease lease() {
    return lease;
  }

  /**
   * Whether what comes from the client may be looked at. Asked behind each read: a process that was
   * stopped for long wakes here, with bytes that came while its slot was given to another
   * connection.
   */
  public boolean admits() {
    return keeper.admits(this);
  }

  /** Says whether the stream waits for its client. */
  public void detached(boolean now) {
    lease.detached(now);
    keeper.look();
  }

  /** Ends the connection, with a sentence for the person. */
  void end(String sentence) {
    end.accept(sentence);
  }

  /** The connection has ended: its slot is free. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      keeper.ended(this);
    }
  }
}
