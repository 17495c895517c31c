package dev.holdfast.node;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of this machine's disk recordings may take that wait for their destination. Without a
 * bound an outage would fill the disk, and lock out those who could end it. Thread-safe.
 */
final class SpoolRoom {
  private final long most;
  private final AtomicLong used = new AtomicLong();

  /** Room for so many bytes. */
  SpoolRoom(long most) {
    this.most = most;
  }

  /** Takes room, or fails with a sentence. */
  void take(long bytes) throws IOException {
    if (used.addAndGet(bytes) > most) {
      used.addAndGet(-bytes);
      throw new IOException(
          "recordings that wait for their destination take %d MiB of this machine's disk already"
              .formatted(used.get() >> 20));
    }
  }

  /** So many bytes are there, whether there is room for them or not. */
  void found(long bytes) {
    used.addAndGet(bytes);
  }

  /** Gives room back. */
  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  /** Bytes that are taken. */
  long used() {
    return used.get();
  }
}
