package dev.holdfast.node;

/**
 * Bytes in the order in which they came, in a ring that grows with them up to a bound and is given
 * back when it has run empty. Caller locks.
 */
final class ByteQueue {
  /** Bytes of the smallest ring. */
  static final int LEAST = 4 * 1024;

  private static final byte[] NONE = new byte[0];

  private final int most;
  private byte[] ring = NONE;
  private int start;
  private int size;

  /** A queue for at most {@code most} bytes. */
  ByteQueue(int most) {
    this.most = most;
  }

  /** Takes some bytes out, from the given place on; returns how many, negative to stop. */
  interface Sink {
    int take(byte[] bytes, int offset, int length) throws java.io.IOException;
  }

  int size() {
    return size;
  }

  /** Bytes of memory held. */
  int capacity() {
    return ring.length;
  }

  void add(byte[] bytes, int offset, int length) {
    if (size + length > most) {
      throw new IllegalArgumentException(size + " + " + length + " bytes of " + most);
    }
    grow(size + length);
    int end = (start + size) % ring.length;
    int first = Math.min(length, ring.length - end);
    System.arraycopy(bytes, offset, ring, end, first);
    System.arraycopy(bytes, offset + first, ring, 0, length - first);
    size += length;
  }

  /** Offers the oldest bytes to {@code sink} once; returns what it returns. */
  int drain(Sink sink) throws java.io.IOException {
    int taken = sink.take(ring, start, Math.min(size, ring.length - start));
    if (taken > 0) {
      size -= taken;
      start = size == 0 ? 0 : (start + taken) % ring.length;
      if (size == 0) {
        ring = NONE;
      }
    }
    return taken;
  }

  void clear() {
    ring = NONE;
    start = 0;
    size = 0;
  }

  private void grow(int needed) {
    if (needed <= ring.length) {
      return;
    }
    byte[] wider = new byte[Math.max(LEAST, Integer.highestOneBit(needed - 1) << 1)];
    int first = Math.min(size, ring.length - start);
    System.arraycopy(ring, start, wider, 0, first);
    System.arraycopy(ring, 0, wider, first, size - first);
    ring = wider;
    start = 0;
  }
}
