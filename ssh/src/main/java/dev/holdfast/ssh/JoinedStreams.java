package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two streams that are joined: a virtual thread for each way; the end of one way is passed on, and
 * after both, or a failure, both streams are closed.
 */
final class JoinedStreams {
  private final Duplex one;
  private final Duplex other;
  private final AtomicInteger open = new AtomicInteger(2);

  private JoinedStreams(Duplex one, Duplex other) {
    this.one = one;
    this.other = other;
  }

  static void start(Duplex one, Duplex other) {
    JoinedStreams joined = new JoinedStreams(one, other);
    Thread.ofVirtual().name("join-out").start(() -> joined.copy(one, other));
    Thread.ofVirtual().name("join-in").start(() -> joined.copy(other, one));
  }

  private void copy(Duplex from, Duplex to) {
    ByteBuffer bytes = ByteBuffer.allocate(Joint.COPY_BYTES);
    try {
      while (from.read(bytes.clear()) >= 0) {
        to.write(bytes.flip());
      }
      to.shutdownOutput();
      if (open.decrementAndGet() == 0) {
        close();
      }
    } catch (IOException | RuntimeException e) {
      close();
    }
  }

  private void close() {
    one.close();
    other.close();
  }
}
