package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a link has ready for its connection: framed bytes, gathered from where they lie. A driver
 * writes {@link #length} buffers from {@link #offset} on, moving their positions, then calls {@link
 * #settle}.
 */
public final class Output {
  /** Most buffers offered in one go: enough for a write of {@link #BATCH} bytes in frames. */
  static final int MOST = 36;

  /** Buffers kept free for the small frames behind the data. */
  private static final int SPARE = 4;

  /** Bytes after which a batch takes no further frame. */
  static final int BATCH = 256 * 1024;

  private final Chunks chunks;
  private final ByteBuffer[] buffers = new ByteBuffer[MOST];
  private int offset;
  private int end;
  private long bytes;
  private Chunks.@Nullable Chunk headers;
  private int headerStart;

  Output(Chunks chunks) {
    this.chunks = chunks;
  }

  /**
   * The array to write from; only the entries from {@link #offset} on, {@link #length} of them, are
   * meant.
   */
  public ByteBuffer[] buffers() {
    return buffers;
  }

  /** Index of the first buffer with bytes left. */
  public int offset() {
    return offset;
  }

  /** Number of buffers with bytes left. */
  public int length() {
    return end - offset;
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return end == offset;
  }

  /** Forgets the buffers that were written to their end; gives memory back when nothing is left. */
  public void settle() {
    while (offset < end && !buffers[offset].hasRemaining()) {
      offset++;
    }
    if (offset == end) {
      clear();
    }
  }

  /** Whether the batch has room for a frame of a header and up to {@code pieces} pieces of data. */
  boolean hasRoom(int pieces, int headerBytes) {
    return end + pieces + 1 <= MOST - SPARE
        && bytes < BATCH
        && (headers == null || headers.buffer.remaining() >= headerBytes);
  }

  /** Scratch memory for a header: write at its position, then {@link #addHeader}. */
  ByteBuffer header() {
    if (headers == null) {
      headers = chunks.take(Chunks.SMALL);
    }
    headerStart = headers.buffer.position();
    return headers.buffer;
  }

  /** Adds what was written to {@link #header()} since it was asked for. */
  void addHeader() {
    ByteBuffer buffer = Objects.requireNonNull(headers).buffer;
    add(buffer.slice(headerStart, buffer.position() - headerStart));
  }

  /** Adds a view of stream bytes. */
  void add(ByteBuffer view) {
    bytes += view.remaining();
    buffers[end++] = view;
  }

  /** Drops everything, written or not. */
  void clear() {
    Arrays.fill(buffers, 0, end, null);
    offset = 0;
    end = 0;
    bytes = 0;
    if (headers != null) {
      chunks.give(headers);
      headers = null;
    }
  }
}
