package dev.holdfast.node;

import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.EventBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What happened in a session and is not yet written: one buffer that fills while another is
 * written. Each byte of output is copied once, into it. Thread-safe; one lock guards the buffers.
 */
final class Tape {
  /** Bytes that wait; with more there is no room, though what is under way comes in. */
  static final int FULL = 256 * 1024;

  /** Bytes that are worth writing before they are old. */
  static final int MUCH = 64 * 1024;

  /** Bytes beyond which input is dropped: nobody can be made to wait before he types. */
  static final int MOST = 1024 * 1024;

  /** Memory that a tape keeps on which little happens. */
  private static final int LITTLE = 4 * 1024;

  private final LongSupplier nanoTime;
  private final long origin;
  private final Runnable soon;
  private final Runnable now;
  private final ReentrantLock lock = new ReentrantLock();
  private EventBuffer filling = new EventBuffer();
  private EventBuffer other = new EventBuffer();
  private boolean roomWanted;
  private boolean inputDropped;

  /**
   * A blank one.
   *
   * @param soon called when something is to be written before long
   * @param now called when much is
   */
  Tape(LongSupplier nanoTime, Runnable soon, Runnable now) {
    this.nanoTime = nanoTime;
    this.soon = soon;
    this.now = now;
    origin = nanoTime.getAsLong();
  }

  /** Time since it began. */
  long nanos() {
    return nanoTime.getAsLong() - origin;
  }

  /** Whether output may come; if not, {@link #give} will say when to ask again. */
  boolean hasRoom() {
    lock.lock();
    try {
      roomWanted = filling.size() >= FULL;
      return !roomWanted;
    } finally {
      lock.unlock();
    }
  }

  void output(Way way, byte[] bytes, int offset, int length) {
    int before;
    int after;
    lock.lock();
    try {
      before = filling.size();
      filling.output(nanos(), way, bytes, offset, length);
      after = filling.size();
    } finally {
      lock.unlock();
    }
    tell(before, after);
  }

  void input(byte[] bytes, int offset, int length) {
    int before;
    int after;
    lock.lock();
    try {
      before = filling.size();
      if (before + length <= MOST) {
        filling.input(nanos(), bytes, offset, length);
        inputDropped = false;
      } else if (!inputDropped) {
        inputDropped = true;
        filling.add(nanos(), new Gap(0, "input came faster than it could be recorded"));
      }
      after = filling.size();
    } finally {
      lock.unlock();
    }
    tell(before, after);
  }

  void add(Content content) {
    int before;
    int after;
    lock.lock();
    try {
      before = filling.size();
      filling.add(nanos(), content);
      after = filling.size();
    } finally {
      lock.unlock();
    }
    tell(before, after);
  }

  private void tell(int before, int after) {
    if (before < MUCH && after >= MUCH) {
      now.run();
    } else if (before == 0) {
      soon.run();
    }
  }

  /** What is to be written; to be given back. For one thread at a time. */
  EventBuffer take() {
    lock.lock();
    try {
      EventBuffer taken = filling;
      filling = other;
      other = taken;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken is done with; returns whether somebody waits for room. */
  boolean give() {
    lock.lock();
    try {
      other.clear(other.size() < MUCH ? LITTLE : 2 * FULL);
      boolean wanted = roomWanted && filling.size() < FULL;
      roomWanted &= !wanted;
      return wanted;
    } finally {
      lock.unlock();
    }
  }
}
