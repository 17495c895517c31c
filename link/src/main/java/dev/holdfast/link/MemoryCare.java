package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.End;

/** Sees to it that a gate's memory is not short and does not lie unused. Confined to its loop. */
final class MemoryCare {
  private static final long SECOND = 1_000_000_000L;

  /** How often it is seen to that memory is not short. */
  private static final long LOOK_PAUSE = SECOND / 5;

  /** How often memory that lay unused goes back to the operating system. */
  private static final long TRIM_PAUSE = 20 * SECOND;

  private final Chunks chunks;
  private final StreamTable streams;
  private final GateFigures figures;
  private long trimAt;

  /** For that memory, which the bytes of those streams lie in. */
  MemoryCare(Chunks chunks, StreamTable streams, GateFigures figures) {
    this.chunks = chunks;
    this.streams = streams;
    this.figures = figures;
  }

  /** Looks now, and again and again on that loop, where it is called. */
  void look(Loop loop) {
    long now = Loop.now();
    if (now >= trimAt) {
      chunks.trim();
      trimAt = now + TRIM_PAUSE;
    }
    if (chunks.isTight()) {
      evictOldestDetached();
    }
    loop.at(now + LOOK_PAUSE, () -> look(loop));
  }

  private void evictOldestDetached() {
    streams
        .oldestDetached()
        .ifPresent(stream -> {
          figures.evicted.incrementAndGet();
          End end = new End(End.Reason.EVICTED, "The gate needed the memory for others.");
          stream.stream().loop.execute(() -> stream.reset(end));
        });
  }
}
