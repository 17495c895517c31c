package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Predicate;

/** The first bytes that come over a connection, which others may wait for. Thread-safe. */
final class FirstBytes {
  private final byte[] bytes;
  private int length;
  private boolean isOver;

  private FirstBytes(int most) {
    bytes = new byte[most];
  }

  /** Reads at most that many from now on, on a thread of its own, until {@code from} ends. */
  static FirstBytes of(Duplex from, int most) {
    FirstBytes first = new FirstBytes(most);
    Thread.ofVirtual().name("first-bytes").start(() -> first.readFrom(from));
    return first;
  }

  private void readFrom(Duplex from) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(bytes.length, 16 * 1024));
    try {
      while (room() > 0
          && from.read(buffer.clear().limit(Math.min(buffer.capacity(), room()))) >= 0) {
        add(buffer.flip());
      }
    } catch (IOException e) {
      // What came before the loss is what there is.
    } finally {
      end();
    }
  }

  private synchronized int room() {
    return bytes.length - length;
  }

  private synchronized void add(ByteBuffer more) {
    int count = more.remaining();
    more.get(bytes, length, count);
    length += count;
    notifyAll();
  }

  private synchronized void end() {
    isOver = true;
    notifyAll();
  }

  /** Waits until {@code isEnough} of what there is, no more comes, or the time is over. */
  synchronized boolean await(Predicate<FirstBytes> isEnough, Duration within)
      throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    while (!isEnough.test(this)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (isOver || left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  synchronized int length() {
    return length;
  }

  synchronized boolean isOver() {
    return isOver;
  }

  synchronized byte[] bytes() {
    return java.util.Arrays.copyOf(bytes, length);
  }
}
