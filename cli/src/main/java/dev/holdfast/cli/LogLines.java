package dev.holdfast.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * Lines on their way to a log that may be read slowly or by nobody, as by a stopped terminal or a
 * full pipe: whoever says something never waits. What there is no room for is left out, and how
 * many lines that were is said in their place. Thread-safe.
 */
final class LogLines {
  /** Most characters that wait to be written. */
  static final int MOST_WAITING = 1 << 20;

  private final PrintWriter target;
  private final LongFunction<String> gap;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** What waits, the line that is being written with it. Guarded by the lock, as is the rest. */
  private final Deque<String> waiting = new ArrayDeque<>();

  private int characters;
  private long leftOut;

  /**
   * Lines to {@code target}, written by a thread of their own.
   *
   * @param gap the line that stands for so many that were left out
   */
  LogLines(PrintWriter target, LongFunction<String> gap) {
    this.target = target;
    this.gap = gap;
    Thread.ofPlatform().daemon().name("log").start(this::write);
  }

  /** Has a line written, soon. */
  void add(String line) {
    lock.lock();
    try {
      if (leftOut > 0 && fits(line)) {
        put(gap.apply(leftOut));
        leftOut = 0;
      }
      if (fits(line)) {
        put(line);
      } else {
        leftOut++;
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(String line) {
    return characters + line.length() <= MOST_WAITING;
  }

  private void put(String line) {
    waiting.add(line);
    characters += line.length();
    changed.signalAll();
  }

  /** Waits until all is written that was added before, but no longer than {@code patience}. */
  void flush(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!waiting.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    while (true) {
      target.println(next());
      target.flush();
      lock.lock();
      try {
        characters -= waiting.remove().length();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private String next() {
    lock.lock();
    try {
      while (waiting.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      return waiting.element();
    } finally {
      lock.unlock();
    }
  }
}
