package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A stream in memory: what is written at one end is read at the other, each way through a bounded
 * ring. Thread-safe for one reader and one writer at each end.
 */
public final class Pipe {
  /** Bytes that are under way in one direction; with more, writers wait. */
  static final int CAPACITY = 64 * 1024;

  private final Ring there;
  private final Ring back;
  private final End near;
  private final End far;

  /**
   * A new one.
   *
   * @param from what the far end has for its peer's address
   * @param to what the near end has for its peer's address
   */
  public Pipe(SocketAddress from, SocketAddress to) {
    this(from, to, CAPACITY);
  }

  /**
   * The same with another bound.
   *
   * @param capacity bytes under way in one direction
   */
  public Pipe(SocketAddress from, SocketAddress to, int capacity) {
    there = new Ring(capacity);
    back = new Ring(capacity);
    near = new End(back, there, from, to);
    far = new End(there, back, to, from);
  }

  /** The end of who connects. */
  public Duplex near() {
    return near;
  }

  /** The end of who is connected to. */
  public Duplex far() {
    return far;
  }

  /** Bytes that were written at the near end. */
  public long up() {
    return there.moved();
  }

  /** Bytes that were written at the far end. */
  public long down() {
    return back.moved();
  }

  /** Both ends fail, whatever is on the way; neither takes it for the other's end. */
  public void sever() {
    there.refuse();
    back.refuse();
  }

  private record End(Ring in, Ring out, SocketAddress localAddress, SocketAddress remoteAddress)
      implements Duplex {
    @Override
    public int read(ByteBuffer target) throws IOException {
      return in.read(target);
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
      out.write(source);
    }

    @Override
    public void shutdownOutput() {
      out.end();
    }

    @Override
    public void close() {
      out.end();
      in.refuse();
    }
  }

  /** One direction. Thread-safe. */
  private static final class Ring {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] bytes;
    private int start;
    private int size;
    private boolean ended;
    private boolean refused;
    private long moved;

    Ring(int capacity) {
      bytes = new byte[capacity];
    }

    int read(ByteBuffer target) throws IOException {
      lock.lock();
      try {
        while (size == 0 && !ended && !refused) {
          changed.awaitUninterruptibly();
        }
        if (refused) {
          throw new IOException("The stream is closed.");
        }
        return size == 0 ? -1 : take(target);
      } finally {
        lock.unlock();
      }
    }

    private int take(ByteBuffer target) {
      int count = Math.min(size, target.remaining());
      int first = Math.min(count, bytes.length - start);
      target.put(bytes, start, first).put(bytes, 0, count - first);
      start = (start + count) % bytes.length;
      size -= count;
      changed.signalAll();
      return count;
    }

    void write(ByteBuffer source) throws IOException {
      lock.lock();
      try {
        while (source.hasRemaining()) {
          while (size == bytes.length && !ended && !refused) {
            changed.awaitUninterruptibly();
          }
          if (ended || refused) {
            throw new IOException("The stream is closed.");
          }
          put(source);
        }
      } finally {
        lock.unlock();
      }
    }

    private void put(ByteBuffer source) {
      int count = Math.min(source.remaining(), bytes.length - size);
      int end = (start + size) % bytes.length;
      int first = Math.min(count, bytes.length - end);
      source.get(bytes, end, first).get(bytes, 0, count - first);
      size += count;
      moved += count;
      changed.signalAll();
    }

    /** Bytes put in so far. */
    long moved() {
      lock.lock();
      try {
        return moved;
      } finally {
        lock.unlock();
      }
    }

    void end() {
      lock.lock();
      try {
        ended = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    void refuse() {
      lock.lock();
      try {
        refused = true;
        size = 0;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
