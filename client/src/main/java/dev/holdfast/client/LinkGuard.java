package dev.holdfast.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Watches a connection that can't outlive its link: asks the server whether it is there when
 * nothing comes, and soon after something was typed, and ends the connection when no answer comes.
 * For one connection; thread-safe.
 */
final class LinkGuard implements AutoCloseable {
  /** How the reason begins if a link is left for its silence. */
  static final String SILENT = "the server is silent";

  /** So soon after a key the server is asked for an answer, which says that it has the key. */
  private static final long AFTER_KEYS = TimeUnit.MILLISECONDS.toNanos(200);

  /** An answer may take so many of the round trips seen so far beyond the patience. */
  private static final int ROUND_TRIPS = 4;

  /**
   * A link that does not answer within three round trips and this is doubted so far that another
   * way is tried: TCP has sent again by then what was lost once (RFC 8985 7.2).
   */
  private static final long DOUBT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final int DOUBT_ROUND_TRIPS = 3;

  /** And this beyond a round trip, when another way is there, before it is left. */
  private static final long LAST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** For the try whether another connection could be made. */
  static final Duration OTHER_WAY = Duration.ofSeconds(2);

  /** The longest that a link is waited for which another one would replace. */
  private static final Duration MOST_DOUBT = Duration.ofMinutes(2);

  /**
   * How often to ask, and how long to wait.
   *
   * @param first before the first question
   * @param every before another one when nothing comes
   * @param patience for an answer
   * @param atOnce whether a silent link is left then, and before if another one could take its
   *     place; else only once another one could and it was silent for as long again, as TCP may
   *     still bring it back
   */
  record Pace(Duration first, Duration every, Duration patience, boolean atOnce) {}

  /** Another connection to the server, as it could be made now. */
  interface OtherWay {
    /** Whether it can be made in that time, which the answer may take. */
    boolean isThere(Duration most);
  }

  private final GuardedLine connection;
  private final Pace pace;
  private final Optional<OtherWay> otherWay;
  private final Keyboard keyboard;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean asked;
  private boolean typed;
  private boolean closed;
  private volatile @Nullable String lost;
  private long rtt;

  /**
   * A guard that does nothing yet.
   *
   * @param otherWay nothing if only the connection itself can tell whether another one is possible
   * @param keyboard is told what the server has of what was typed
   */
  LinkGuard(GuardedLine connection, Pace pace, Optional<OtherWay> otherWay, Keyboard keyboard) {
    this.connection = connection;
    this.pace = pace;
    this.otherWay = otherWay;
    this.keyboard = keyboard;
  }

  LinkGuard start() {
    Thread.ofVirtual().name("link-guard").start(this::watch);
    return this;
  }

  /** Something was typed. */
  void typed() {
    lock.lock();
    try {
      if (!typed) {
        typed = true;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks now, for there is a reason to doubt the link. */
  void doubt() {
    lock.lock();
    try {
      asked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the connection now. */
  void leave(String why) {
    if (lost == null && !connection.isOver()) {
      lost = why;
      connection.sever();
    }
  }

  /** Why the connection was ended here; null if it was not. */
  @Nullable String lost() {
    return lost;
  }

  private void watch() {
    try {
      long heard = connection.heardNanos();
      boolean isAsked = await(pace.first);
      while (!isClosed()) {
        if ((isAsked || connection.heardNanos() == heard) && !answers()) {
          return;
        }
        heard = connection.heardNanos();
        isAsked = await(pace.every);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed || connection.isOver();
    } finally {
      lock.unlock();
    }
  }

  /** Waits so long, or until there is a reason to ask; whether there is one. */
  private boolean await(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (!asked && !typed && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      // A burst of keys is one question.
      long burst = AFTER_KEYS;
      while (typed && !asked && !closed && burst > 0) {
        burst = changed.awaitNanos(burst);
      }
      boolean isAsked = asked || typed;
      asked = false;
      typed = false;
      return isAsked;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the link is worth keeping. */
  private boolean answers() throws InterruptedException {
    long mark = keyboard.sent();
    long begun = System.nanoTime();
    CompletableFuture<Void> answer = connection.ping();
    try {
      while (!answer.isDone()) {
        long heard = connection.heardNanos();
        if (!speaks(answer, heard)) {
          return isSpared(begun, heard);
        }
      }
      answer.get();
    } catch (ExecutionException e) {
      return false;
    }
    long took = System.nanoTime() - begun;
    rtt = rtt == 0 ? took : (7 * rtt + took) / 8;
    keyboard.confirm(mark);
    return true;
  }

  /** Whether anything comes before the link has been silent for too long. */
  private boolean speaks(CompletableFuture<Void> answer, long heard) throws InterruptedException {
    long most = pace.patience.toNanos() + ROUND_TRIPS * rtt;
    long end = System.nanoTime() + most;
    long doubt = Math.min(DOUBT_ROUND_TRIPS * rtt + DOUBT_NANOS, most);
    if (!pace.atOnce || rtt == 0) {
      return comes(answer, heard, most);
    }
    if (comes(answer, heard, doubt)) {
      return true;
    }
    Duration rest = Duration.ofNanos(end - System.nanoTime());
    if (rest.isPositive() && otherWay.isPresent() && otherWay.get().isThere(rest)) {
      return comes(answer, heard, rtt + LAST_NANOS);
    }
    return comes(answer, heard, end - System.nanoTime());
  }

  /** Waits so long for the answer; whether that or anything else has come. */
  private boolean comes(CompletableFuture<Void> answer, long heard, long nanos)
      throws InterruptedException {
    try {
      answer.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      // Told by the answer.
    } catch (TimeoutException e) {
      return connection.heardNanos() != heard;
    }
    return true;
  }

  /** Whether the silent link speaks again before it is left. */
  private boolean isSpared(long begun, long heard) throws InterruptedException {
    boolean isReplaceable = pace.atOnce || otherWay.isEmpty();
    while (!isReplaceable && connection.heardNanos() == heard && !isClosed()) {
      isReplaceable = otherWay.get().isThere(OTHER_WAY);
      if (!isReplaceable) {
        TimeUnit.SECONDS.sleep(1);
      }
    }
    if (!pace.atOnce) {
      long doubt = Math.min(System.nanoTime() - begun, MOST_DOUBT.toNanos());
      long until = System.nanoTime() + doubt;
      while (connection.heardNanos() == heard && !isClosed() && System.nanoTime() < until) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    if (connection.heardNanos() == heard && !isClosed()) {
      long silent = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
      leave(SILENT + " for " + Math.max(silent, 1) + " s");
      return false;
    }
    return true;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
