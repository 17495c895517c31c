package dev.holdfast.link;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Dials a server again and again while nobody answers, all dials at once, and takes the first that
 * connects: what was sent into a silent network is lost, and the kernel sends it again after a
 * second only. Confined to one thread.
 */
final class DialRace {
  /** Dials under way at once. */
  static final int MOST = 10;

  /** For the first dial to say why it failed. */
  private static final long LAST_MILLIS = 1_000;

  private final Dialer dialer;
  private final Destination to;
  private final Duration timeout;
  private final Duration pace;
  private final List<Dial> dials = new ArrayList<>();
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>(MOST);
  private boolean isOver;

  private sealed interface Outcome {
    record Connected(SocketChannel channel) implements Outcome {}

    record Failed(DialException why) implements Outcome {}
  }

  private DialRace(Dialer dialer, Destination to, Duration timeout, Duration pace) {
    this.dialer = dialer;
    this.to = to;
    this.timeout = timeout;
    this.pace = pace;
  }

  /**
   * Connects as {@link Dial#connect} does. What one of the dials fails with, all fail with.
   *
   * @param timeout for all of it
   * @param pace another dial begins after so long without an answer
   */
  static SocketChannel connect(Dialer dialer, Destination to, Duration timeout, Duration pace)
      throws DialException {
    DialRace race = new DialRace(dialer, to, timeout, pace);
    try {
      return switch (race.first()) {
        case Outcome.Connected connected -> connected.channel();
        case Outcome.Failed failed -> throw failed.why();
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DialException(new DialFailure.Cancelled());
    } finally {
      race.end();
    }
  }

  private Outcome first() throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    @Nullable Outcome outcome = null;
    for (long left = timeout.toNanos();
        outcome == null && left > 0 && dials.size() < MOST;
        left = end - System.nanoTime()) {
      begin(Duration.ofNanos(left));
      outcome = outcomes.poll(Math.min(pace.toNanos(), left), TimeUnit.NANOSECONDS);
    }
    // The first dial fails when the time is over.
    outcome = outcome == null ? outcomes.poll(LAST_MILLIS, TimeUnit.MILLISECONDS) : outcome;
    return outcome == null
        ? new Outcome.Failed(new DialException(new DialFailure.TimedOut(to, timeout)))
        : outcome;
  }

  private void begin(Duration left) {
    Dial dial = dialer.dial(to, left);
    dials.add(dial);
    Thread.ofVirtual().name("dial").start(() -> run(dial));
  }

  private void run(Dial dial) {
    try (dial) {
      come(new Outcome.Connected(dial.connect()));
    } catch (DialException e) {
      come(new Outcome.Failed(e));
    }
  }

  private synchronized void come(Outcome outcome) {
    if (!isOver && outcomes.offer(outcome)) {
      return;
    }
    if (outcome instanceof Outcome.Connected connected) {
      Loop.closeQuietly(connected.channel());
    }
  }

  /** Closes what came too late. */
  private synchronized void end() {
    isOver = true;
    dials.forEach(Dial::close);
    for (Outcome late = outcomes.poll(); late != null; late = outcomes.poll()) {
      if (late instanceof Outcome.Connected connected) {
        Loop.closeQuietly(connected.channel());
      }
    }
  }
}
