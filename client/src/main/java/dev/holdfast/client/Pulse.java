package dev.holdfast.client;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how far the server has come with what was typed, by asking for an answer behind it, and
 * has the {@link Display} say when none comes. Works on a thread of its own from the first key on,
 * one question at a time.
 */
final class Pulse implements AutoCloseable {
  /** Most echoes come sooner, and need no question then. */
  private static final long DELAY_NANOS = 10_000_000;

  private static final long SECOND_NANOS = 1_000_000_000;

  /** A round trip as long was an outage. */
  private static final long MOST_ROUND_TRIP_NANOS = 5 * SECOND_NANOS;

  /** Where the question goes. */
  interface Server {
    /** Calls {@code answered}, which does not block, once all that was sent before has arrived. */
    void ask(Runnable answered) throws IOException;
  }

  private final Display display;
  private final Server server;
  private final LinkLog links;
  private final String host;
  private final boolean tells;
  private final LongSupplier clock;
  private final Thread thread;
  private volatile boolean closed;
  private boolean started;

  /** When the answer came; 0 before. Written by who brings it. */
  private volatile long answeredNanos;

  private volatile long roundTripNanos;

  // Confined to the thread.

  /** The keys behind which was asked, or -1. */
  private long asked = -1;

  private long askedNanos;
  private long reached;
  private long unaskedSince = -1;

  /**
   * For a display.
   *
   * @param host as the person knows it
   * @param tells whether of silence
   * @param clock counts nanoseconds as {@link System#nanoTime} does
   */
  Pulse(
      Display display,
      Server server,
      LinkLog links,
      String host,
      boolean tells,
      LongSupplier clock) {
    this.display = display;
    this.server = server;
    this.links = links;
    this.host = host;
    this.tells = tells;
    this.clock = clock;
    thread = Thread.ofPlatform().daemon().name("pulse").unstarted(this::run);
  }

  /** Something was typed, or has happened to a link. */
  synchronized void wake() {
    if (!started && !closed) {
      started = true;
      thread.start();
    }
    LockSupport.unpark(thread);
  }

  /** The smoothed round trip in nanoseconds; 0 if it was not measured. */
  long roundTripNanos() {
    return roundTripNanos;
  }

  private void run() {
    try {
      while (!closed) {
        long now = clock.getAsLong();
        takeAnswer(now);
        ask(now);
        long next = display.nextNanos();
        if (next >= 0 && next - now <= 0) {
          display.passed();
        }
        say(now);
        pause(now);
      }
    } catch (IOException e) {
      // The connection ends, which others see.
    }
  }

  private void takeAnswer(long now) {
    long answered = answeredNanos;
    if (asked >= 0 && answered != 0) {
      answeredNanos = 0;
      long took = answered - askedNanos;
      if (took < MOST_ROUND_TRIP_NANOS) {
        long before = roundTripNanos;
        roundTripNanos = Math.max(1, before == 0 ? took : before + (took - before) / 8);
      }
      reached = asked;
      asked = -1;
      links.roundTrip(roundTripNanos);
      display.reached(reached, roundTripNanos);
    }
    if (asked < 0 && display.keys() > reached) {
      unaskedSince = unaskedSince < 0 ? now : unaskedSince;
    }
  }

  private void ask(long now) throws IOException {
    if (unaskedSince >= 0 && now - unaskedSince >= DELAY_NANOS) {
      unaskedSince = -1;
      asked = display.keys();
      askedNanos = now;
      server.ask(this::answered);
    }
  }

  private void answered() {
    long now = clock.getAsLong();
    answeredNanos = now == 0 ? 1 : now;
    LockSupport.unpark(thread);
  }

  private void say(long now) {
    if (tells) {
      @Nullable String text =
          Display.notice(host, links.awayNanos(), asked < 0 ? -1 : now - askedNanos);
      display.notice(text == null ? "" : text);
    }
  }

  /** Until something is due; while there may be something to tell, a second at most. */
  private void pause(long now) {
    boolean waits = asked >= 0 || links.awayNanos() >= 0;
    long most = waits ? SECOND_NANOS / 4 : Long.MAX_VALUE;
    if (unaskedSince >= 0) {
      most = Math.min(most, unaskedSince + DELAY_NANOS - now);
    }
    long next = display.nextNanos();
    if (next >= 0) {
      most = Math.min(most, next - now);
    }
    if (most > 0 && answeredNanos == 0) {
      LockSupport.parkNanos(this, most);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
