package dev.holdfast.bench;

/** Whether the delayed network carries anything at all just now; thread-safe. */
final class Weather {
  private boolean silent;
  private long clearedNanos;

  /** From now on nothing passes. */
  synchronized void silence() {
    silent = true;
  }

  /** From now on everything passes again. */
  synchronized void clear() {
    silent = false;
    clearedNanos = System.nanoTime();
    notifyAll();
  }

  synchronized boolean isSilent() {
    return silent;
  }

  /** Waits until it is clear and returns the instant at which it last became so. */
  synchronized long awaitClear() throws InterruptedException {
    while (silent) {
      wait();
    }
    return clearedNanos;
  }
}
