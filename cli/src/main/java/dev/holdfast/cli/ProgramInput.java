package dev.holdfast.cli;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Standard input: read by a thread of its own from the beginning, since a pipe can't be asked
 * whether it has something.
 */
final class ProgramInput {
  private static final int BUFFER = 128 * 1024;

  private final ByteBuffer first = ByteBuffer.allocateDirect(BUFFER);
  private final CountDownLatch read = new CountDownLatch(1);
  private final ReadableByteChannel in;
  private volatile boolean ended;

  ProgramInput(ReadableByteChannel in) {
    this.in = in;
    Thread.ofPlatform().daemon().name("first input").start(this::readFirst);
  }

  private void readFirst() {
    try {
      ended = in.read(first) < 0;
    } catch (IOException e) {
      ended = true;
    }
    first.flip();
    read.countDown();
  }

  /** The first line, or as much as the program wrote at once; null if that takes longer. */
  byte @Nullable [] firstLine(Duration wait) throws IOException {
    try {
      if (!read.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    ByteBuffer view = first.duplicate();
    for (int i = 0; i < view.limit(); i++) {
      if (view.get(i) == '\n') {
        return bytes(view, i + 1);
      }
    }
    return bytes(view, view.limit());
  }

  private static byte[] bytes(ByteBuffer view, int count) {
    byte[] bytes = new byte[count];
    view.get(0, bytes);
    return bytes;
  }

  /** Copies all of it, and says that it was all. */
  void copyTo(Duplex duplex) {
    try {
      read.await();
      if (!ended) {
        duplex.write(first);
        for (ByteBuffer buffer = first.clear(); in.read(buffer) >= 0; buffer.clear()) {
          duplex.write(buffer.flip());
        }
      }
      duplex.shutdownOutput();
    } catch (IOException e) {
      // The stream has ended; whoever reads from it says why.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
