package dev.holdfast.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Moves counted bytes over a pipe; what client and server have in common. */
final class Transfer {
  static final int CHUNK_BYTES = 128 << 10;

  private Transfer() {}

  /** Sends that many bytes of no meaning. */
  static void send(Pipe pipe, long bytes) throws IOException {
    ByteBuffer chunk = pipe.buffer((int) Math.min(bytes, CHUNK_BYTES));
    for (long left = bytes; left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(left, CHUNK_BYTES));
      pipe.write(chunk);
    }
  }

  /** Receives exactly that many bytes and drops them. */
  static void receive(Pipe pipe, long bytes) throws IOException {
    ByteBuffer chunk = pipe.buffer((int) Math.min(bytes, CHUNK_BYTES));
    for (long left = bytes; left > 0; left -= chunk.position()) {
      chunk.clear().limit((int) Math.min(left, CHUNK_BYTES));
      some(pipe, chunk);
    }
  }

  /** Sends and receives that many bytes at the same time. */
  static void exchange(Pipe pipe, long bytes) throws IOException {
    var sending =
        new FutureTask<Void>(() -> {
          send(pipe, bytes);
          return null;
        });
    Thread.ofPlatform().start(sending);
    receive(pipe, bytes);
    outcome(sending);
  }

  /** Waits for what another thread does and returns its result. */
  static <T> T outcome(FutureTask<T> task) throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IOException("the other thread failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted while another thread worked");
    }
  }

  /** Sends the next so many received bytes back, each as soon as it came. */
  static void echo(Pipe pipe, long bytes) throws IOException {
    ByteBuffer chunk = pipe.buffer((int) Math.min(bytes, CHUNK_BYTES));
    for (long left = bytes; left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(left, CHUNK_BYTES));
      some(pipe, chunk);
      pipe.write(chunk.flip());
    }
  }

  /** Fills the buffer's room with received bytes. */
  static void fill(Pipe pipe, ByteBuffer room) throws IOException {
    while (room.hasRemaining()) {
      some(pipe, room);
    }
  }

  /** Receives at least one byte. */
  static void some(Pipe pipe, ByteBuffer room) throws IOException {
    if (pipe.read(room) < 0) {
      throw new EOFException("the connection ended in the middle of a transfer");
    }
  }
}
