package dev.holdfast.forward;

import dev.holdfast.ssh.ChannelRefused;
import dev.holdfast.ssh.DirectStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

/**
 * A session with what is known of its life, and who uses it. Thread-safe; the lock guards the
 * numbers and is held over no I/O.
 */
final class LiveSession {
  private final Session session;
  private final Liveness liveness;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int open;
  private int waiting;
  private long used;
  private volatile boolean retired;

  LiveSession(Session session, ForwardSettings settings) {
    this.session = session;
    long now = System.nanoTime();
    liveness = new Liveness(settings, session.outlivesLinks(), now);
    used = now;
    session.whenOver(this::wake);
  }

  Session session() {
    return session;
  }

  /** Has the server connect; its answer proves the session. */
  CompletableFuture<? extends DirectStream> open(FarAddress to) {
    long sent = System.nanoTime();
    return session
        .open(to)
        .whenComplete((stream, failure) -> {
          if (stream != null || failure instanceof ChannelRefused) {
            answered(sent);
          }
        });
  }

  /** Asks the server, if no question is open. */
  void ask() {
    long sent = System.nanoTime();
    lock.lock();
    try {
      liveness.asked(sent);
    } finally {
      lock.unlock();
    }
    try {
      session.ask(() -> answered(sent));
    } catch (IOException | RuntimeException e) {
      // It is ending, and tells so by itself.
    }
  }

  private void answered(long sent) {
    lock.lock();
    try {
      liveness.answered(sent, System.nanoTime());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What was heard before says nothing any more: the machine woke, or its network changed. */
  void doubt() {
    lock.lock();
    try {
      liveness.doubt(System.nanoTime());
    } finally {
      lock.unlock();
    }
  }

  /** Whether it must be proved before anything that matters goes into it. */
  boolean isSuspect() {
    return judged(Liveness::isSuspect);
  }

  /** Whether it was heard of so lately that what was confirmed before may be used. */
  boolean isFresh() {
    return judged(Liveness::isFresh);
  }

  /** For how long a new connection waits before a new session is made beside this one. */
  long hedgeNanos() {
    return judged(Liveness::hedgeNanos);
  }

  /** In nanoseconds; negative if nothing was measured yet. */
  long roundTripNanos() {
    return judged((life, _) -> life.roundTripNanos());
  }

  private <T> T judged(BiFunction<Liveness, Long, T> judge) {
    lock.lock();
    try {
      liveness.heard(session.heardNanos());
      return judge.apply(liveness, System.nanoTime());
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the session is proved; fails when it is over or was given up. */
  void prove() throws IOException {
    if (!isSuspect()) {
      return;
    }
    waits(true);
    try {
      ask();
      lock.lock();
      try {
        while (!session.isOver() && isSuspect()) {
          changed.await(1, TimeUnit.SECONDS);
        }
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waits(false);
    }
    if (session.isOver()) {
      throw new IOException("The session with the server has ended.");
    }
  }

  /** A connection through it begins. */
  void begin() {
    lock.lock();
    try {
      open++;
      used = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /** It ends. */
  void end() {
    lock.lock();
    try {
      open--;
      used = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  /** Somebody begins or ceases to wait for an answer. */
  void waits(boolean begins) {
    lock.lock();
    try {
      waiting += begins ? 1 : -1;
    } finally {
      lock.unlock();
    }
  }

  /** Connections through it. */
  int connections() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Nanoseconds since it was used; 0 while it is. */
  long idleNanos() {
    lock.lock();
    try {
      return open > 0 ? 0 : System.nanoTime() - used;
    } finally {
      lock.unlock();
    }
  }

  /**
   * What is to be done for it now.
   *
   * @param wanted whether somebody will use it soon
   * @param ready whether connections were made ahead
   */
  Liveness.Due due(boolean wanted, boolean ready) {
    lock.lock();
    try {
      liveness.heard(session.heardNanos());
      return liveness.due(System.nanoTime(), use(wanted, ready), retired);
    } finally {
      lock.unlock();
    }
  }

  private Liveness.Use use(boolean wanted, boolean ready) {
    if (ready) {
      return Liveness.Use.READY;
    }
    if (waiting > 0) {
      return Liveness.Use.WAITING;
    }
    return open > 0 || wanted ? Liveness.Use.OPEN : Liveness.Use.NONE;
  }

  /** A newer session has its place; this one ends with its connections. */
  void retire() {
    retired = true;
  }

  boolean isOver() {
    return session.isOver();
  }

  void close() {
    session.close();
  }
}
