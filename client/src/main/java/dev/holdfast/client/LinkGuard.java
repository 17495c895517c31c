package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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

  /** The longest that a link is waited for which another one would replace. */
  private static final Duration MOST_DOUBT = Duration.ofMinutes(2);

  /**
   * How often to ask, and how long to wait.
   *
   * @param first before the first question
   * @param every before another one when nothing comes
   * @param patience for an answer
   * @param atOnce whether a silent link is left then; else only once another one could take its
   *     place and it was silent for as long again, as TCP may still bring it back
   */
  record Pace(Duration first, Duration every, Duration patience, boolean atOnce) {}

  private final ClientConnection connection;
  private final Pace pace;
  private final BooleanSupplier otherWay;
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
   * @param otherWay whether another connection to the server can be made; takes its time
   * @param keyboard is told what the server has of what was typed
   */
  LinkGuard(ClientConnection connection, Pace pace, BooleanSupplier otherWay, Keyboard keyboard) {
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
    long heard = connection.heardNanos();
    while (true) {
      try {
        answer.get(pace.patience.toNanos() + ROUND_TRIPS * rtt, TimeUnit.NANOSECONDS);
        long took = System.nanoTime() - begun;
        rtt = rtt == 0 ? took : (7 * rtt + took) / 8;
        keyboard.confirm(mark);
        return true;
      } catch (ExecutionException e) {
        return false;
      } catch (TimeoutException e) {
        long now = connection.heardNanos();
        if (now == heard) {
          return isSpared(begun, heard);
        }
        heard = now;
      }
    }
  }

  /** Whether the silent link speaks again before it is left. */
  private boolean isSpared(long begun, long heard) throws InterruptedException {
    boolean isReplaceable = pace.atOnce;
    while (!isReplaceable && connection.heardNanos() == heard && !isClosed()) {
      isReplaceable = otherWay.getAsBoolean();
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
