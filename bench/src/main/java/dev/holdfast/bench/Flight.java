package dev.holdfast.bench;

import dev.holdfast.bench.Segments.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that are under way in one direction of a delayed link, each with the instant at which
 * it is due at the far end.
 *
 * <p>One thread fills it ({@link #room}, {@link #depart}, {@link #end}) and one other empties it
 * ({@link #next}, {@link #due}, {@link #arrive}); filling waits for emptying only when {@code
 * bytesMax} are under way. Order is exact. Bytes that depart within {@link #GRAIN_NANOS} of each
 * other may share the first one's instant, which bounds the number of pieces to delay / grain
 * however small the reads are. Instants are those of {@link System#nanoTime}.
 */
final class Flight {
  static final long GRAIN_NANOS = 20_000;

  private static final int ROOM_MIN = 64 << 10;

  /** A run of bytes of one segment, due at one instant. */
  private static final class Piece {
    final Segment segment;
    final long dueNanos;
    int from;
    int to;

    Piece(Segment segment, int from, int to, long dueNanos) {
      this.segment = segment;
      this.from = from;
      this.to = to;
      this.dueNanos = dueNanos;
    }

    boolean joins(Segment other, int at, long due) {
      return segment == other && to == at && due - dueNanos < GRAIN_NANOS;
    }
  }

  private final long bytesMax;
  private final Segments segments;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /**
   * All below guarded by {@code lock}; the current segment's room belongs to the filling thread.
   */
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();

  private Segment current;
  private long bytes;
  private boolean ended;
  private long endNanos;
  private boolean closed;

  /** Makes an empty one that takes no more once {@code bytesMax} bytes or more are under way. */
  Flight(long bytesMax, Segments segments) {
    this.bytesMax = bytesMax;
    this.segments = segments;
    this.current = segments.take();
  }

  /** Waits while it is full, then returns room to read into; null once closed. */
  @Nullable ByteBuffer room() throws InterruptedException {
    lock.lock();
    try {
      while (bytes >= bytesMax && !closed) {
        changed.await();
      }
      if (closed) {
        return null;
      }
      if (pieces.isEmpty()) {
        current.filled = 0;
      } else if (Segments.SEGMENT_BYTES - current.filled < ROOM_MIN) {
        leave(current);
      }
      return current.memory.slice(current.filled, Segments.SEGMENT_BYTES - current.filled);
    } finally {
      lock.unlock();
    }
  }

  private void leave(Segment full) {
    current = segments.take();
    Piece last = pieces.peekLast();
    if (last == null || last.segment != full) {
      segments.giveBack(full);
    }
  }

  /** Adds the first {@code count} bytes of the room last returned. */
  void depart(int count, long dueNanos) {
    lock.lock();
    try {
      Piece last = pieces.peekLast();
      int from = current.filled;
      current.filled += count;
      bytes += count;
      if (last != null && last.joins(current, from, dueNanos)) {
        last.to = current.filled;
      } else {
        pieces.add(new Piece(current, from, current.filled, dueNanos));
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing comes after what has departed; the end itself is due then. */
  void end(long dueNanos) {
    lock.lock();
    try {
      ended = true;
      endNanos = dueNanos;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next bytes and returns when they are due; -1 at the end, or once closed. */
  long next() throws InterruptedException {
    lock.lock();
    try {
      while (pieces.isEmpty() && !ended && !closed) {
        changed.await();
      }
      return pieces.isEmpty() || closed ? -1 : pieces.element().dueNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Returns when the end is due; only after {@link #next} said that it comes next. */
  long endNanos() {
    lock.lock();
    try {
      return endNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Puts what is due by then into the array, in order, and returns how many buffers that made. */
  int due(long nanos, ByteBuffer[] into) {
    lock.lock();
    try {
      int count = 0;
      Iterator<Piece> order = pieces.iterator();
      while (count < into.length && order.hasNext()) {
        Piece piece = order.next();
        if (piece.dueNanos > nanos) {
          break;
        }
        into[count++] = piece.segment.memory.slice(piece.from, piece.to - piece.from);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Drops the first {@code count} bytes, which have been delivered. */
  void arrive(long count) {
    lock.lock();
    try {
      bytes -= count;
      long left = count;
      while (left > 0) {
        Piece piece = pieces.element();
        int part = (int) Math.min(left, piece.to - piece.from);
        piece.from += part;
        left -= part;
        if (piece.from == piece.to) {
          pieces.remove();
          free(piece.segment);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void free(Segment segment) {
    Piece next = pieces.peek();
    if (segment != current && (next == null || next.segment != segment)) {
      segments.giveBack(segment);
    }
  }

  /** Ends it at once; whoever waits returns. The memory goes to the collector. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
