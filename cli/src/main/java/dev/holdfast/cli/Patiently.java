package dev.holdfast.cli;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;

/** Waits for the address of a process that is about to end. */
final class Patiently {
  /** How long a process that handed everything over may take to let go of its addresses. */
  static final Duration MOST = Duration.ofSeconds(10);

  private static final long TURN_MILLIS = 20;

  private Patiently() {}

  /** Opens something at an address. */
  interface Opening<T> {
    /** Tries once. */
    T open() throws IOException;
  }

  /** Opens it; as long as {@code patient}, an address that is in use is tried again. */
  static <T> T bind(boolean patient, Opening<T> opening) throws IOException {
    long until = System.nanoTime() + MOST.toNanos();
    while (true) {
      try {
        return opening.open();
      } catch (BindException e) {
        if (!patient || System.nanoTime() > until) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private static void pause(BindException why) throws IOException {
    try {
      Thread.sleep(TURN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }
}
