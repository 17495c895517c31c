package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run of stream bytes addressed by their offset: written at the end, looked at anywhere, dropped
 * from the start.
 *
 * <pre>
 *        start                                   end
 *  ────────┼───────────┬───────────┬──────────────┼───────►  offset
 *   dropped│  chunk    │  chunk    │  chunk       │ room
 * </pre>
 *
 * <p>An empty queue holds no memory. Confined to whoever confines the endpoint.
 */
final class ByteQueue {
  private final Chunks chunks;
  private static final int LEAST_RING = 4;

  /** Pieces for which an empty queue keeps room: a short ring is not made anew all the time. */
  static final int MOST_EMPTY_RING = 16;

  private Piece[] ring = new Piece[LEAST_RING];
  private int head;
  private int count;
  private long start;
  private long end;

  ByteQueue(Chunks chunks) {
    this(chunks, 0);
  }

  /** A queue whose first byte will have offset {@code start}. */
  ByteQueue(Chunks chunks, long start) {
    this.chunks = chunks;
    this.start = start;
    this.end = start;
  }

  /**
   * A chunk and the offset of its first byte; its buffer's position is the number of bytes filled.
   */
  private record Piece(Chunks.Chunk chunk, long from) {
    int filled() {
      return chunk.buffer.position();
    }
  }

  /** Offset of the first byte kept. */
  long start() {
    return start;
  }

  /** Offset after the last byte written. */
  long end() {
    return end;
  }

  /** Bytes kept. */
  long size() {
    return end - start;
  }

  /**
   * Room at the end, at least one byte, to be filled from its position; then {@link #commit} the
   * number filled. The view is good until the next call of any method.
   */
  ByteBuffer room(int most) {
    if (count == 0 || !last().chunk.buffer.hasRemaining()) {
      add(new Piece(chunks.take(end == start ? Chunks.SMALL : Chunks.LARGE), end));
    }
    ByteBuffer buffer = last().chunk.buffer;
    return buffer.slice(buffer.position(), Math.min(most, buffer.remaining()));
  }

  /** Makes the first {@code bytes} bytes of the room part of the queue. */
  void commit(int bytes) {
    ByteBuffer buffer = last().chunk.buffer;
    buffer.position(buffer.position() + bytes);
    end += bytes;
    if (end == start) {
      dropTo(start);
    }
  }

  /** Copies all of {@code source} to the end. */
  void append(ByteBuffer source) {
    while (source.hasRemaining()) {
      ByteBuffer room = room(source.remaining());
      int bytes = room.remaining();
      room.put(source.slice(source.position(), bytes));
      source.position(source.position() + bytes);
      commit(bytes);
    }
  }

  /**
   * A view of up to {@code most} bytes from {@code offset} on, as far as they lie in one piece;
   * null at the end.
   */
  @Nullable ByteBuffer view(long offset, int most) {
    if (offset < start || offset > end) {
      throw new IllegalArgumentException(offset + " is outside " + start + ".." + end);
    }
    if (offset == end || most == 0) {
      return null;
    }
    Piece piece = pieceAt(offset);
    int skip = (int) (offset - piece.from);
    return piece.chunk.buffer.slice(skip, Math.min(most, piece.filled() - skip));
  }

  /** Counts {@code bytes} bytes as written and dropped at once; the queue must be empty. */
  void skip(long bytes) {
    if (end != start) {
      throw new IllegalStateException(size() + " bytes are waiting");
    }
    start += bytes;
    end += bytes;
  }

  /**
   * Counts {@code bytes} bytes that were {@linkplain #skip skipped} as not written yet; the queue
   * must be empty.
   */
  void back(long bytes) {
    skip(-bytes);
  }

  /** Shows all bytes, in order, as views piece by piece. */
  void each(Consumer<ByteBuffer> visitor) {
    for (long offset = start; offset < end; ) {
      ByteBuffer view = Objects.requireNonNull(view(offset, Chunks.LARGE));
      offset += view.remaining();
      visitor.accept(view);
    }
  }

  /** Drops every byte before {@code offset}; views of them must be gone. */
  void dropTo(long offset) {
    if (offset < start || offset > end) {
      throw new IllegalArgumentException(offset + " is outside " + start + ".." + end);
    }
    start = offset;
    while (count > 0 && (start == end || at(0).from + at(0).filled() <= start)) {
      chunks.give(at(0).chunk);
      ring[head] = null;
      head = (head + 1) & (ring.length - 1);
      count--;
    }
    if (count == 0 && ring.length > MOST_EMPTY_RING) {
      ring = new Piece[LEAST_RING];
      head = 0;
    }
  }

  /** Pieces for which there is room. */
  int ringLength() {
    return ring.length;
  }

  /** Drops everything. */
  void clear() {
    dropTo(end);
  }

  private Piece last() {
    return at(count - 1);
  }

  private Piece at(int index) {
    return ring[(head + index) & (ring.length - 1)];
  }

  private void add(Piece piece) {
    if (count == ring.length) {
      Piece[] wider = new Piece[ring.length * 2];
      for (int i = 0; i < count; i++) {
        wider[i] = at(i);
      }
      ring = wider;
      head = 0;
    }
    ring[(head + count) & (ring.length - 1)] = piece;
    count++;
  }

  /** Binary search: pieces lie in order and without gaps. */
  private Piece pieceAt(long offset) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (at(middle).from <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return at(low);
  }
}
