package dev.holdfast.stream;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory in which bytes in flight wait: fixed-size chunks outside the Java heap, lent out and
 * given back.
 *
 * <p>There are two sizes, so that a key press waiting for its acknowledgement costs 4 KiB and a
 * bulk transfer is not chopped up. Chunks are cut from slabs; a slab none of whose chunks was lent
 * between two calls of {@link #trim} goes back to the operating system, so a process that once
 * moved gigabytes is small again a little later.
 *
 * <p>The budget is a promise to look at, not a wall: {@link #isTight} tells drivers to stop taking
 * bytes in, and what is already owed to a peer is never refused for want of memory.
 *
 * <p>Thread-safe.
 */
public final class Chunks {
  /** Capacity of a small chunk in bytes. */
  public static final int SMALL = 4 * 1024;

  /** Capacity of a large chunk in bytes. */
  public static final int LARGE = 64 * 1024;

  private static final int SMALL_SLAB = 32 * SMALL;
  private static final int LARGE_SLAB = 16 * LARGE;

  private final long budget;
  private final Shelf small = new Shelf(SMALL, SMALL_SLAB);
  private final Shelf large = new Shelf(LARGE, LARGE_SLAB);
  private long lent;

  /**
   * A pool that reports itself tight once {@code budget} bytes are lent.
   *
   * @param budget bytes, positive
   */
  public Chunks(long budget) {
    if (budget <= 0) {
      throw new IllegalArgumentException("budget " + budget);
    }
    this.budget = budget;
  }

  /** One lent piece of memory. Its buffer's position and limit belong to the borrower. */
  static final class Chunk {
    final ByteBuffer buffer;
    private final Slab slab;

    private Chunk(ByteBuffer buffer, Slab slab) {
      this.buffer = buffer;
      this.slab = slab;
    }
  }

  /**
   * Lends a chunk of {@link #SMALL} or {@link #LARGE} bytes, empty: position 0, limit at its
   * capacity.
   */
  synchronized Chunk take(int size) {
    Chunk chunk = shelf(size).take();
    lent += size;
    return chunk;
  }

  /** Takes a chunk back; the caller must not touch it, or any view of it, again. */
  synchronized void give(Chunk chunk) {
    int size = chunk.buffer.capacity();
    lent -= size;
    shelf(size).give(chunk);
  }

  /** Bytes lent at the moment. */
  public synchronized long lent() {
    return lent;
  }

  /** Bytes held from the operating system at the moment, lent or not. */
  public synchronized long held() {
    return small.held() + large.held();
  }

  /**
   * Whether the budget is used up: no more bytes should be read from applications until some are
   * acknowledged.
   */
  public synchronized boolean isTight() {
    return lent >= budget;
  }

  /** Gives slabs that lay unused since the last call back to the operating system. */
  public synchronized void trim() {
    small.trim();
    large.trim();
  }

  private Shelf shelf(int size) {
    return size == SMALL ? small : large;
  }

  /** All slabs of one chunk size. */
  private static final class Shelf {
    private final int chunkBytes;
    private final int slabBytes;
    private final List<Slab> slabs = new ArrayList<>();

    Shelf(int chunkBytes, int slabBytes) {
      this.chunkBytes = chunkBytes;
      this.slabBytes = slabBytes;
    }

    Chunk take() {
      for (Slab slab : slabs) {
        if (!slab.free.isEmpty()) {
          return slab.take();
        }
      }
      Slab slab = new Slab(slabBytes, chunkBytes);
      slabs.add(slab);
      return slab.take();
    }

    void give(Chunk chunk) {
      chunk.buffer.clear();
      chunk.slab.free.push(chunk);
    }

    long held() {
      return (long) slabs.size() * slabBytes;
    }

    void trim() {
      slabs.removeIf(slab -> {
        boolean idle = slab.free.size() == slab.chunks && !slab.used;
        slab.used = slab.free.size() < slab.chunks;
        if (idle) {
          slab.arena.close();
        }
        return idle;
      });
    }
  }

  /**
   * One allocation from the operating system, cut into chunks. Last given is first lent: it is
   * still in the cache.
   */
  private static final class Slab {
    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<Chunk> free = new ArrayDeque<>();
    private final int chunks;
    private boolean used = true;

    Slab(int slabBytes, int chunkBytes) {
      chunks = slabBytes / chunkBytes;
      MemorySegment memory = arena.allocate(slabBytes, 64);
      for (int i = 0; i < chunks; i++) {
        free.push(
            new Chunk(memory.asSlice((long) i * chunkBytes, chunkBytes).asByteBuffer(), this));
      }
    }

    Chunk take() {
      used = true;
      return free.pop();
    }
  }
}
