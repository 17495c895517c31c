package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What SSH has encrypted and the stream has not taken yet, oldest first.
 *
 * <p>MINA adds packets while it holds the locks under which it also reads, so {@link #add} never
 * waits: two peers that stopped reading because they could not write would wait for each other for
 * ever. Back-pressure comes from two bounds instead. Whoever produces channel data calls {@link
 * #awaitRoom} before it goes near those locks. Everything else is answers to what the peer said; a
 * peer that asks and does not read the answers comes to the limit and loses the connection (OpenSSH
 * does the same, at 128 MiB).
 *
 * <p>A packet that comes when nothing waits need not wait for another thread: whoever made it
 * offers it to the stream at once ({@link #beginStraight}), and only what is left of it is queued.
 * Packets stay in order, since MINA makes one at a time for a connection.
 *
 * <p>Thread-safe. One lock guards all state; no I/O under it.
 */
final class WriteQueue {
  /** Bytes above which producers of channel data wait. */
  static final int ROOM = 512 * 1024;

  private final ArrayDeque<PendingWrite> pending = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private final Set<Runnable> awaiters = new LinkedHashSet<>();
  private long bytes;
  private boolean straight;
  private State state = State.OPEN;

  private enum State {
    /** Takes packets; becomes ENDING or ABANDONED. */
    OPEN,
    /** Takes no more; what is there is still taken out; becomes ABANDONED. */
    ENDING,
    /** Empty for good. */
    ABANDONED
  }

  /** The outcome of {@link #add}. */
  enum Added {
    YES,
    CLOSED,
    FULL
  }

  /**
   * Whether the caller may write a packet to the stream itself, past the queue: nothing is in it,
   * and nothing on its way to the stream. Until {@link #written} or {@link #putBack} no one else
   * writes.
   */
  boolean beginStraight(PendingWrite write) {
    lock.lock();
    try {
      if (bytes > 0 || state != State.OPEN) {
        return false;
      }
      straight = true;
      bytes = write.size();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The stream has not taken all of a packet that went past the queue; false if it never will. */
  boolean putBack(PendingWrite write) {
    lock.lock();
    try {
      straight = false;
      added.signal();
      if (state == State.ABANDONED) {
        return false;
      }
      pending.addFirst(write);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a packet at the end. If there would then be more than {@code limit} bytes it is not added,
   * nor is any after it.
   *
   * @param limit bytes, the packet counted
   */
  Added add(PendingWrite write, long limit) {
    lock.lock();
    try {
      if (state != State.OPEN) {
        return Added.CLOSED;
      }
      if (bytes + write.size() > limit) {
        state = State.ENDING;
        return Added.FULL;
      }
      pending.add(write);
      bytes += write.size();
      added.signal();
      return Added.YES;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until producers of channel data may go on. */
  void awaitRoom() throws IOException {
    lock.lock();
    try {
      while (bytes >= ROOM && state == State.OPEN) {
        drained.await();
      }
      if (state != State.OPEN) {
        throw new ClosedChannelException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the connection to take data");
    } finally {
      lock.unlock();
    }
  }

  /** Whether producers of channel data may go on. */
  boolean hasRoom() {
    lock.lock();
    try {
      return bytes < ROOM;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has {@code awaiter} run once when producers may go on after they had to wait; at once forgotten
   * if they may go on now. One that waits already does not wait twice.
   */
  void whenRoom(Runnable awaiter) {
    lock.lock();
    try {
      if (bytes >= ROOM && state == State.OPEN) {
        awaiters.add(awaiter);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the oldest packet and hands it out; it counts as queued until {@link #written}. Null
   * when there are no more and there will be none.
   */
  @Nullable PendingWrite take() {
    lock.lock();
    try {
      while (straight || (pending.isEmpty() && state == State.OPEN)) {
        added.awaitUninterruptibly();
      }
      return pending.poll();
    } finally {
      lock.unlock();
    }
  }

  /** The stream has taken the packet. */
  void written(PendingWrite write) {
    List<Runnable> woken = List.of();
    lock.lock();
    try {
      bytes -= write.size();
      if (straight) {
        straight = false;
        wakeWriter();
      }
      if (bytes < ROOM) {
        drained.signalAll();
        if (!awaiters.isEmpty()) {
          woken = List.copyOf(awaiters);
          awaiters.clear();
        }
      }
    } finally {
      lock.unlock();
    }
    woken.forEach(Runnable::run);
  }

  /** Only if there is something for it: waking a thread costs more than a packet does. */
  private void wakeWriter() {
    if (!pending.isEmpty() || state != State.OPEN) {
      added.signal();
    }
  }

  /** Takes no more packets; those there are go out. */
  void end() {
    lock.lock();
    try {
      if (state == State.OPEN) {
        state = State.ENDING;
      }
      added.signalAll();
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more packets and returns those that will not go out. */
  List<PendingWrite> abandon() {
    lock.lock();
    try {
      state = State.ABANDONED;
      List<PendingWrite> rest = new ArrayList<>(pending);
      pending.clear();
      added.signalAll();
      drained.signalAll();
      return rest;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of packets that the stream has not taken. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
