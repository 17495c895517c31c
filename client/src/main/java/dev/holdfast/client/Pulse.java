package dev.holdfast.client;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how far the server has come with what was typed, by {@link Questions} behind it, and
 * has the {@link Display} say when no answer comes. Works on a thread of its own from the first key
 * on.
 */
final class Pulse implements AutoCloseable {
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

  /** When answers came that the thread has not seen; no more than questions. */
  private final ConcurrentLinkedQueue<Long> answers = new ConcurrentLinkedQueue<>();

  private volatile long roundTripNanos;

  /** Confined to the thread. */
  private final Questions questions = new Questions();

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
        takeAnswers();
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

  private void takeAnswers() {
    for (Long at = answers.poll(); at != null; at = answers.poll()) {
      long took = questions.answered(at);
      if (took < MOST_ROUND_TRIP_NANOS) {
        long before = roundTripNanos;
        roundTripNanos = Math.max(1, before == 0 ? took : before + (took - before) / 8);
      }
      links.roundTrip(roundTripNanos);
      display.reached(questions.reached(), roundTripNanos);
      display.heard(questions.heard());
    }
  }

  private void ask(long now) throws IOException {
    questions.typed(display.keys(), now);
    long next = questions.nextNanos();
    if (next >= 0 && now - next >= 0) {
      questions.ask(now);
      server.ask(this::answered);
    }
  }

  private void answered() {
    answers.add(clock.getAsLong());
    LockSupport.unpark(thread);
  }

  private void say(long now) {
    if (tells) {
      @Nullable String text =
          Display.notice(host, links.awayNanos(), questions.unansweredNanos(now));
      display.notice(text == null ? "" : text);
    }
  }

  /** Until something is due; while there may be something to tell, a second at most. */
  private void pause(long now) {
    boolean waits = questions.unansweredNanos(now) >= 0 || links.awayNanos() >= 0;
    long most = waits ? SECOND_NANOS / 4 : Long.MAX_VALUE;
    most = Math.min(most, until(questions.nextNanos(), now));
    most = Math.min(most, until(display.nextNanos(), now));
    if (most > 0 && answers.isEmpty()) {
      LockSupport.parkNanos(this, most);
    }
  }

  private static long until(long nanos, long now) {
    return nanos < 0 ? Long.MAX_VALUE : nanos - now;
  }

  @Override
  public synchronized void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
