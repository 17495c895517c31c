package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a frame whose rest has not come yet. Bytes that arrive singly are put behind it
 * in a buffer that doubles, so that each byte is copied a few times at most, however it comes; bulk
 * is read beside it, and only the beginning is moved. Confined like its connection.
 */
final class PartialFrame {
  /** Longest beginning that is kept: no frame is longer. */
  static final int MOST = Chunks.LARGE;

  private static final int LEAST = 256;

  /** Filled up to its position between calls; null if nothing is kept. */
  private @Nullable ByteBuffer kept;

  /** Whether what {@link #read} returned is the kept buffer itself. */
  private boolean inPlace;

  /**
   * Reads once.
   *
   * @param scratch an empty buffer longer than {@link #MOST}
   * @return all bytes not taken yet, to be followed by {@link #keep}; null at the end of the
   *     connection
   */
  @Nullable ByteBuffer read(ReadableByteChannel from, ByteBuffer scratch) throws IOException {
    ByteBuffer before = kept;
    int had = size();
    int bytes = from.read(scratch.position(had));
    if (bytes < 0) {
      return null;
    }
    inPlace = before != null && bytes <= before.remaining();
    if (before == null) {
      return scratch.flip();
    }
    if (inPlace) {
      return before.put(scratch.slice(had, bytes)).flip();
    }
    scratch.put(0, before, 0, had);
    return scratch.flip();
  }

  /** Bytes kept. */
  int size() {
    return kept == null ? 0 : kept.position();
  }

  /** Bytes of memory used. */
  int capacity() {
    return kept == null ? 0 : kept.capacity();
  }

  /**
   * Keeps what is left of {@code input}, which {@link #read} returned or which came before the
   * first; returns whether it is short enough.
   */
  boolean keep(ByteBuffer input) {
    int bytes = input.remaining();
    if (bytes > MOST) {
      return false;
    }
    if (bytes == 0) {
      kept = null;
    } else if (inPlace) {
      keepInPlace(input);
    } else {
      kept = roomFor(bytes).put(input);
    }
    inPlace = false;
    return true;
  }

  private static void keepInPlace(ByteBuffer input) {
    if (input.position() == 0) {
      input.position(input.limit()).limit(input.capacity());
    } else {
      input.compact();
    }
  }

  /** The buffer that is there if it suffices: bulk leaves a beginning behind with each read. */
  private ByteBuffer roomFor(int bytes) {
    ByteBuffer before = kept;
    int capacity = Math.clamp(2L * bytes, LEAST, MOST);
    return before == null || before.capacity() < capacity
        ? ByteBuffer.allocate(capacity)
        : before.clear();
  }
}
