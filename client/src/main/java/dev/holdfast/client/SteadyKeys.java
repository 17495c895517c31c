package dev.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Sends what a person types at fixed moments, and chaff at those at which nothing was typed, until
 * some time after the last key: whoever watches the network does not see how long the pauses
 * between keys are (ObscureKeystrokeTiming in ssh_config(5); clientloop.c). What is pasted goes as
 * it comes. Thread-safe.
 */
final class SteadyKeys implements Keyboard.Sink {
  /** Bytes at once that are no keys. */
  static final int MOST_KEY_BYTES = 64;

  /** How long chaff is sent after the last key: this, and up to twice as long besides. */
  static final Duration CHAFF = Duration.ofMillis(1024);

  private final Keyboard.Sink to;
  private final Chaff chaff;
  private final Duration interval;
  private final RandomGenerator random;
  private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
  private int momentsLeft;
  private boolean ticks;

  /** Sends what means nothing. */
  @FunctionalInterface
  interface Chaff {
    void send() throws IOException;
  }

  SteadyKeys(Keyboard.Sink to, Chaff chaff, Duration interval, RandomGenerator random) {
    this.to = to;
    this.chaff = chaff;
    this.interval = interval;
    this.random = random;
  }

  /** The first key after a pause goes at once; the moments count from it. */
  @Override
  public synchronized void typed(byte[] bytes, int offset, int length) throws IOException {
    if (length > MOST_KEY_BYTES) {
      send();
      to.typed(bytes, offset, length);
      return;
    }
    boolean isFirst = momentsLeft == 0;
    int moments = Math.toIntExact(Math.max(1, CHAFF.dividedBy(interval)));
    momentsLeft = moments + random.nextInt(2 * moments + 1);
    typed.write(bytes, offset, length);
    if (isFirst) {
      send();
    }
    if (!ticks) {
      ticks = true;
      Thread.ofVirtual().name("keys").start(this::tick);
    }
  }

  private void tick() {
    try {
      do {
        Thread.sleep(interval);
      } while (moment());
    } catch (InterruptedException | IOException e) {
      // The session was lost: the next one has keys of its own.
    }
  }

  /** One of the moments; false if no more are needed. */
  synchronized boolean moment() throws IOException {
    if (momentsLeft == 0) {
      ticks = false;
      return false;
    }
    momentsLeft--;
    if (typed.size() > 0) {
      send();
    } else {
      chaff.send();
    }
    return true;
  }

  private void send() throws IOException {
    if (typed.size() > 0) {
      byte[] bytes = typed.toByteArray();
      typed.reset();
      to.typed(bytes, 0, bytes.length);
    }
  }

  @Override
  public synchronized void ended() throws IOException {
    send();
    momentsLeft = 0;
    to.ended();
  }
}
