package dev.holdfast.bench;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The memory of bytes under way: direct segments, used again instead of zeroed anew; thread-safe.
 */
final class Segments {
  static final int SEGMENT_BYTES = 256 << 10;

  /** So much is kept for the next transfer, 256 MiB; more than that is left to the collector. */
  static final int SPARE_MAX = 1024;

  /** One segment, filled from its start by one {@link Flight}. */
  static final class Segment {
    final ByteBuffer memory = ByteBuffer.allocateDirect(SEGMENT_BYTES);
    int filled;
  }

  private final ArrayDeque<Segment> spare = new ArrayDeque<>();

  /** Returns an empty segment. */
  Segment take() {
    Segment segment = poll();
    if (segment == null) {
      return new Segment();
    }
    segment.filled = 0;
    return segment;
  }

  /** Takes back a segment that nobody reads any more. */
  synchronized void giveBack(Segment segment) {
    if (spare.size() < SPARE_MAX) {
      spare.push(segment);
    }
  }

  private synchronized @Nullable Segment poll() {
    return spare.poll();
  }
}
