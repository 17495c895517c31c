package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated application at one end of a stream: writes bytes that can be told from any others,
 * reads at its own pace, and checks everything it reads.
 */
final class Program {
  /** How eager a program is: bytes at a time and nanoseconds between. */
  record Pace(int writes, long writeEvery, int reads, long readEvery) {}

  private final Endpoint endpoint;
  private final Timeline time;
  private final Pace pace;
  private final long writeSeed;
  private final long writeTotal;
  private final long readSeed;
  private final long readTotal;
  private final boolean halfCloses;
  private final boolean closesFirst;
  private long nextWrite;
  private long nextRead;
  private long plannedAt = Long.MAX_VALUE;
  private long taken;
  private @Nullable Runnable afterActing;

  /**
   * A program.
   *
   * @param closesFirst where there is no half-close: whether this is the side that closes, once it
   *     has everything
   */
  Program(
      Endpoint endpoint,
      Timeline time,
      Pace pace,
      Script mine,
      Script peers,
      boolean halfCloses,
      boolean closesFirst) {
    this.endpoint = endpoint;
    this.time = time;
    this.pace = pace;
    this.writeSeed = mine.seed;
    this.writeTotal = mine.bytes;
    this.readSeed = peers.seed;
    this.readTotal = peers.bytes;
    this.halfCloses = halfCloses;
    this.closesFirst = closesFirst;
  }

  /** What a program writes: {@code bytes} bytes that follow from {@code seed}. */
  record Script(long seed, long bytes) {
    byte at(long offset) {
      return (byte) ((offset * 0x9E3779B97F4A7C15L + seed) >>> 56);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  long taken() {
    return taken;
  }

  boolean hasEverything() {
    return taken == readTotal;
  }

  /** Called when the program may have changed something that a link should say. */
  void afterActing(Runnable what) {
    afterActing = what;
  }

  /** Takes what it wants of bytes fresh from a link; the rest is to be kept. */
  void take(ByteBuffer data) {
    if (time.now() < nextRead || pace.reads == 0) {
      return;
    }
    check(data, Math.min(data.remaining(), pace.reads));
    nextRead = time.now() + pace.readEvery;
  }

  /** Does what it can do now and plans the rest. */
  void act() {
    long now = time.now();
    boolean acted = false;
    ByteBuffer kept = endpoint.readable();
    if (kept != null && now >= nextRead) {
      int bytes = Math.min(kept.remaining(), pace.reads);
      check(kept, bytes);
      endpoint.consume(bytes);
      nextRead = now + pace.readEvery;
      acted = true;
    }
    if (now >= nextWrite && endpoint.writable() > 0 && endpoint.writtenBytes() < writeTotal) {
      write((int) Math.min(pace.writes, writeTotal - endpoint.writtenBytes()));
      nextWrite = now + pace.writeEvery;
      acted = true;
    }
    if (mayFinish() && !endpoint.isFinished()) {
      endpoint.finish();
      acted = true;
    }
    plan();
    if (acted && afterActing != null) {
      afterActing.run();
    }
  }

  private boolean mayFinish() {
    boolean hasWritten = endpoint.writtenBytes() == writeTotal;
    if (halfCloses) {
      return hasWritten;
    }
    return endpoint.inputEnded() || (closesFirst && hasWritten && hasEverything());
  }

  private void plan() {
    long next = Long.MAX_VALUE;
    if (endpoint.readable() != null) {
      next = nextRead;
    }
    if (endpoint.writable() > 0 && endpoint.writtenBytes() < writeTotal) {
      next = Math.min(next, nextWrite);
    }
    if (next < plannedAt) {
      plannedAt = next;
      time.at(
          next,
          () -> {
            plannedAt = Long.MAX_VALUE;
            act();
          });
    }
  }

  private void write(int bytes) {
    byte[] some = new byte[bytes];
    Script script = new Script(writeSeed, writeTotal);
    long from = endpoint.writtenBytes();
    for (int i = 0; i < bytes; i++) {
      some[i] = script.at(from + i);
    }
    endpoint.write(ByteBuffer.wrap(some));
  }

  /** Every byte once, in order. */
  private void check(ByteBuffer data, int bytes) {
    Script script = new Script(readSeed, readTotal);
    for (int i = 0; i < bytes; i++) {
      if (data.get() != script.at(taken + i)) {
        throw new AssertionError("every byte once, in order: byte " + (taken + i) + " is wrong");
      }
    }
    taken += bytes;
    assertThat(taken).as("no byte that was never written").isLessThanOrEqualTo(readTotal);
  }
}
