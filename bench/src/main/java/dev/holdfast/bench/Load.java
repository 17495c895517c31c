package dev.holdfast.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;

/** What the client does on one connection, timed; instants are those of {@link System#nanoTime}. */
final class Load {
  private static final int CHECK_BYTES_MAX = 16 << 20;
  private static final int TRIPS_MAX = 1_000_000;
  private static final long PAUSE_MIN_NANOS = 10 * Op.TICK_NANOS;
  private static final long SEED = 20;

  private Load() {}

  /** Sends random bytes through the echo and compares what comes back. */
  static void check(Pipe pipe, int bytes) throws IOException {
    if (bytes > CHECK_BYTES_MAX) {
      throw new IllegalArgumentException(bytes + " bytes, at most " + CHECK_BYTES_MAX);
    }
    byte[] sent = new byte[bytes];
    new Random(SEED).nextBytes(sent);
    ByteBuffer back = pipe.buffer(bytes);
    pipe.write(Op.ECHO.request(bytes));
    var sending =
        new FutureTask<Void>(() -> {
          pipe.write(pipe.buffer(bytes).put(sent).flip());
          return null;
        });
    Thread.ofPlatform().start(sending);
    Transfer.fill(pipe, back);
    Transfer.outcome(sending);
    if (!back.flip().equals(ByteBuffer.wrap(sent))) {
      throw new IOException("other bytes came back than were sent");
    }
  }

  /** Returns how long it took until the server had everything and the client knew it. */
  static long up(Pipe pipe, long bytes) throws IOException {
    long start = System.nanoTime();
    pipe.write(Op.SINK.request(bytes));
    Transfer.send(pipe, bytes);
    Transfer.receive(pipe, Op.ANSWER_BYTES);
    return System.nanoTime() - start;
  }

  /** Returns how long it took from asking until the client had everything. */
  static long down(Pipe pipe, long bytes) throws IOException {
    long start = System.nanoTime();
    pipe.write(Op.SOURCE.request(bytes));
    Transfer.receive(pipe, bytes);
    return System.nanoTime() - start;
  }

  /** Returns how long it took to send and receive that many bytes at the same time. */
  static long both(Pipe pipe, long bytes) throws IOException {
    long start = System.nanoTime();
    pipe.write(Op.EXCHANGE.request(bytes));
    Transfer.exchange(pipe, bytes);
    Transfer.receive(pipe, Op.ANSWER_BYTES);
    return System.nanoTime() - start;
  }

  /** Returns p50, p99 and the longest of that many round trips of one byte, in nanoseconds. */
  static long[] trips(Pipe pipe, int count) throws IOException {
    if (count > TRIPS_MAX) {
      throw new IllegalArgumentException(count + " round trips, at most " + TRIPS_MAX);
    }
    long[] nanos = new long[count];
    ByteBuffer one = pipe.buffer(1);
    pipe.write(Op.ECHO.request(count));
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      pipe.write(one.clear());
      Transfer.fill(pipe, one.clear());
      nanos[i] = System.nanoTime() - start;
    }
    return new long[] {
      Figures.percentile(nanos, 50), Figures.percentile(nanos, 99), Figures.percentile(nanos, 100)
    };
  }

  /**
   * Returns start and end of every pause of {@link #PAUSE_MIN_NANOS} or more in a steady stream
   * from the server, one after the other.
   */
  static long[] ticks(Pipe pipe, long count) throws IOException {
    ByteBuffer some = pipe.buffer(Transfer.CHUNK_BYTES);
    pipe.write(Op.TICKS.request(count));
    Transfer.fill(pipe, some.limit(1));
    var pauses = LongStream.builder();
    long last = System.nanoTime();
    for (long left = count - 1; left > 0; left -= some.position()) {
      some.clear().limit((int) Math.min(left, Transfer.CHUNK_BYTES));
      Transfer.some(pipe, some);
      long now = System.nanoTime();
      if (now - last >= PAUSE_MIN_NANOS) {
        pauses.add(last).add(now);
      }
      last = now;
    }
    return pauses.build().toArray();
  }

  /** Returns when a key was typed and when its echo came. */
  static long[] key(Pipe pipe) throws IOException {
    ByteBuffer typed = ByteBuffer.allocate(Op.REQUEST_BYTES + 1);
    typed.put(Op.ECHO.request(1)).put((byte) 'k').flip();
    long start = System.nanoTime();
    pipe.write(typed);
    Transfer.fill(pipe, pipe.buffer(1));
    return new long[] {start, System.nanoTime()};
  }
}
