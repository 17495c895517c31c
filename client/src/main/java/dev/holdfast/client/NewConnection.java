package dev.holdfast.client;

import dev.holdfast.link.ClientEvent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a new connection in place of one that was lost: tries until it succeeds, soon at first and
 * every second later, and at once when the network changes or the person says so. For one run;
 * thread-safe.
 */
final class NewConnection {
  /** For a TCP connection, dialled again and again meanwhile. */
  static final Duration CONNECT = Duration.ofSeconds(3);

  /** For a login that asks nobody. */
  static final Duration LOGIN = Duration.ofSeconds(10);

  /** Refusals in a row of a server that knew the user before. */
  static final int MOST_REFUSALS = 3;

  /** From one attempt to the next: the first ones, and all after those. */
  private static final long[] PAUSES_MILLIS = {0, 100, 300, 500, 1000};

  /** After connections that were lost at once, the pause grows up to this. */
  static final Duration MOST_PAUSE = Duration.ofSeconds(30);

  /** So many may be lost at once before it grows. */
  private static final int FREE = 3;

  private static final int MOST_DOUBLINGS = 5;

  private static final Duration LOOK = Duration.ofMillis(200);

  private final ClientConfig config;
  private final Road road;
  private final Prompts prompts;
  private final Consumer<ClientEvent> events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition hurried = lock.newCondition();
  private boolean hurry;
  private boolean givenUp;

  NewConnection(ClientConfig config, Road road, Prompts prompts, Consumer<ClientEvent> events) {
    this.config = config;
    this.road = road;
    this.prompts = prompts;
    this.events = events;
  }

  /**
   * The new connection; null if it was given up.
   *
   * @param why the old one was lost
   * @param shortLived how many before it were lost as soon as they were made: a server that ends
   *     every session is not asked for the next one every second
   * @throws LoginRefused if the server is another one now, or does not let the user in any more
   */
  Road.@Nullable Reached make(String why, int shortLived) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    events.accept(new ClientEvent.Lost(why));
    road.leave();
    int refusals = 0;
    boolean goesOn = shortLived <= FREE || await(pauseAfter(shortLived - FREE));
    long attempted = System.nanoTime();
    for (int attempt = 0; goesOn && pause(attempt, attempted); attempt++) {
      attempted = System.nanoTime();
      try {
        Road.Reached reached = attempt();
        Duration after = Duration.ofNanos(System.nanoTime() - begun);
        events.accept(new ClientEvent.Resumed(after, attempt + 1));
        return reached;
      } catch (LoginRefused e) {
        if (e.isHostKey() || ++refusals == MOST_REFUSALS) {
          events.accept(new ClientEvent.Ended(String.valueOf(e.getMessage())));
          throw e;
        }
        events.accept(new ClientEvent.Failed(attempt + 1, String.valueOf(e.getMessage())));
      } catch (IOException e) {
        events.accept(new ClientEvent.Failed(attempt + 1, String.valueOf(e.getMessage())));
      }
      road.leave();
    }
    events.accept(new ClientEvent.Ended("given up"));
    return null;
  }

  private Road.Reached attempt() throws IOException {
    Thread bound = Thread.ofVirtual().name("login-deadline").start(this::bound);
    try {
      // The bound counts, not the login's own patience, since somebody may have to be asked.
      return road.reach(config, new Road.Haste(CONNECT, Road.Haste.NONE.login()));
    } finally {
      bound.interrupt();
    }
  }

  /** Gives the attempt up once it took too long, the time of questions apart. */
  private void bound() {
    try {
      long left = CONNECT.plus(LOGIN).toNanos();
      while (left > 0) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        left -= prompts.isOpen() ? 0 : LOOK.toNanos();
      }
      road.abandon();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits before an attempt, the time since the last one included; false if there is to be none.
   */
  private boolean pause(int attempt, long attempted) throws InterruptedException {
    long pause = PAUSES_MILLIS[Math.min(attempt, PAUSES_MILLIS.length - 1)];
    return await(Duration.ofMillis(pause).minusNanos(System.nanoTime() - attempted));
  }

  static Duration pauseAfter(int many) {
    Duration pause = Duration.ofSeconds(1L << Math.min(many, MOST_DOUBLINGS));
    return pause.compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : pause;
  }

  /** Waits so long, or until there is a reason for haste; false if it was given up. */
  private boolean await(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (!hurry && !givenUp && left > 0) {
        left = hurried.awaitNanos(left);
      }
      hurry = false;
      return !givenUp;
    } finally {
      lock.unlock();
    }
  }

  /** Tries at once: what is being tried may go a way that is no more. */
  void hurry() {
    signal(false);
    if (!prompts.isOpen()) {
      road.abandon();
    }
  }

  /** Tries no more. */
  void giveUp() {
    signal(true);
    road.abandon();
  }

  private void signal(boolean isOver) {
    lock.lock();
    try {
      hurry = true;
      givenUp |= isOver;
      hurried.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Hurries when the network changes, until it is closed. */
  Closeable onNetworkChange() throws IOException {
    return road.links().streams().onNetworkChange(this::hurry);
  }
}
