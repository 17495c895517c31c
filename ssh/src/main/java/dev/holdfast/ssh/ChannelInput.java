package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.common.channel.LocalWindow;
import org.jspecify.annotations.Nullable;

/**
 * What the peer has sent on a channel and the program has not read: a ring that grows to the
 * channel's window and no further (RFC 4254 5.2), and gives a large one back when it has run empty.
 *
 * <p>MINA's own pipe moves the whole window through memory for each 32 KiB that are read.
 * Thread-safe for one reader; the connection's reader calls {@link #receive} and never waits.
 */
final class ChannelInput extends InputStream {
  /** Bytes of the smallest ring. */
  static final int SMALL = 4 * 1024;

  /** Bytes of the largest ring that is kept while empty. */
  static final int KEPT = 64 * 1024;

  private static final byte[] NONE = new byte[0];

  private final Window window;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] ring = NONE;
  private int start;
  private int size;
  private boolean ended;
  private @Nullable IOException failure;

  /** Where room for more is told to the peer. */
  @FunctionalInterface
  interface Window {
    /** So many bytes that counted against the window have been read. */
    void release(int bytes) throws IOException;
  }

  ChannelInput(Window window) {
    this.window = window;
  }

  /** The input of a channel with MINA's {@code window}. */
  static ChannelInput with(LocalWindow window) {
    return new ChannelInput(bytes -> {
      if (window.isOpen()) {
        window.release(bytes);
      }
    });
  }

  /** Takes in what came; the window has been checked. */
  void receive(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (ended || length == 0) {
        return;
      }
      grow(size + length);
      int end = (start + size) % ring.length;
      int first = Math.min(length, ring.length - end);
      System.arraycopy(bytes, offset, ring, end, first);
      System.arraycopy(bytes, offset + first, ring, 0, length - first);
      size += length;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come. */
  void end() {
    finish(null);
  }

  /**
   * Nothing more will come although more should have: reads fail once they have got what is here.
   */
  void fail(IOException why) {
    finish(why);
  }

  /** Whether nothing more will come, and why is known. */
  boolean isEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  private void finish(@Nullable IOException why) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        failure = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    int count = take(target, offset, length);
    if (count > 0) {
      window.release(count);
    }
    return count;
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of memory held. */
  int capacity() {
    lock.lock();
    try {
      return ring.length;
    } finally {
      lock.unlock();
    }
  }

  private int take(byte[] target, int offset, int length) throws IOException {
    lock.lock();
    try {
      while (size == 0 && !ended) {
        changed.await();
      }
      if (size == 0) {
        return atEnd();
      }
      int count = Math.min(length, size);
      int first = Math.min(count, ring.length - start);
      System.arraycopy(ring, start, target, offset, first);
      System.arraycopy(ring, 0, target, offset + first, count - first);
      start = (start + count) % ring.length;
      size -= count;
      shrink();
      return count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading from the channel");
    } finally {
      lock.unlock();
    }
  }

  private int atEnd() throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    return -1;
  }

  private void grow(int needed) {
    if (needed <= ring.length) {
      return;
    }
    byte[] wider = new byte[Math.max(SMALL, Integer.highestOneBit(needed - 1) << 1)];
    int first = Math.min(size, ring.length - start);
    System.arraycopy(ring, start, wider, 0, first);
    System.arraycopy(ring, 0, wider, first, size - first);
    ring = wider;
    start = 0;
  }

  private void shrink() {
    if (size == 0) {
      start = 0;
      if (ring.length > KEPT) {
        ring = NONE;
      }
    }
  }
}
