package dev.holdfast.link;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes on their way to a stream's near side: views of a few pieces that follow one another, so
 * that they leave in one write. Whoever takes bytes moves the views' positions. Confined to one
 * thread.
 */
final class Batch {
  /** Pieces at most: as many full frames as one read brings, and one more. */
  static final int MOST = 6;

  private final ByteBuffer[] pieces = new ByteBuffer[MOST];
  private int count;

  /** Adds a piece; there must be room. */
  void add(ByteBuffer piece) {
    pieces[count++] = piece;
  }

  /** Whether there is no room for another piece. */
  boolean isFull() {
    return count == MOST;
  }

  /** Whether there is no piece. */
  boolean isEmpty() {
    return count == 0;
  }

  /** The array of the pieces; the first {@link #count} are meant. */
  ByteBuffer[] pieces() {
    return pieces;
  }

  /** Number of pieces. */
  int count() {
    return count;
  }

  /** Bytes not taken yet. */
  int remaining() {
    int bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += pieces[i].remaining();
    }
    return bytes;
  }

  /** Counts all bytes as taken. */
  void skip() {
    for (int i = 0; i < count; i++) {
      pieces[i].position(pieces[i].limit());
    }
  }

  /** What was not taken, in order. */
  ByteBuffer[] rest() {
    int from = 0;
    while (from < count && !pieces[from].hasRemaining()) {
      from++;
    }
    return Arrays.copyOfRange(pieces, from, count);
  }

  /** Forgets the pieces. */
  void clear() {
    Arrays.fill(pieces, 0, count, null);
    count = 0;
  }
}
