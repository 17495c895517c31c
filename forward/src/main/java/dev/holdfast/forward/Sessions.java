package dev.holdfast.forward;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions with one server: the newest, which new connections use, and those that it replaced,
 * for as long as they have connections. They are made when they are needed, replaced when they are
 * dead and ended when nobody uses them. Thread-safe.
 */
final class Sessions {
  /** Old sessions that are kept for their connections; more are given up, the oldest first. */
  static final int MOST_RETIRED = 4;

  /** A session that was used within this time is replaced at once when it is dead. */
  private static final Duration USEFUL = Duration.ofSeconds(60);

  private final ForwardSettings settings;
  private final Runnable busy;
  private final Consumer<ServerEvent> news;
  private final Attempts attempts;
  private final AtomicInteger holds = new AtomicInteger();

  // Guarded by this.
  private final List<LiveSession> retired = new ArrayList<>();
  private @Nullable LiveSession current;
  private boolean closed;

  /**
   * None yet.
   *
   * @param busy runs when there is something to look after, see {@link #tend}
   * @param news hears what happens; must not block
   */
  Sessions(
      SessionSource source, ForwardSettings settings, Runnable busy, Consumer<ServerEvent> news) {
    this.settings = settings;
    this.busy = busy;
    this.news = news;
    attempts = new Attempts(source, settings, news, this::made);
  }

  /** The newest session, which may be suspect; a new one if there is none. */
  LiveSession get(Deadline deadline, String server) throws FarFailure {
    while (true) {
      CompletableFuture<LiveSession> coming;
      synchronized (this) {
        LiveSession session = current;
        if (session != null && !session.isOver()) {
          return session;
        }
        coming = attempt();
      }
      try {
        return deadline.orIn(attempts.stale()).await(coming);
      } catch (FarFailure e) {
        pause(e, deadline);
      } catch (IOException e) {
        deadline.check(server, String.valueOf(e.getMessage()));
      }
    }
  }

  /** What a retry can't help is told at once, anything else when there is no time for a retry. */
  private void pause(FarFailure failure, Deadline deadline) throws FarFailure {
    long wait = Math.max(attempts.waitNanos(System.nanoTime()), 0);
    if (!failure.trouble().mayPass() || wait > deadline.leftNanos()) {
      throw failure;
    }
    try {
      awaitAny(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  /** Waits so long, or until somebody else's attempt has made a session. */
  private synchronized void awaitAny(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !hasSession(); left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private synchronized boolean hasSession() {
    LiveSession session = current;
    return session != null && !session.isOver();
  }

  /** The attempt that is under way, or a new one. */
  private synchronized CompletableFuture<LiveSession> attempt() {
    return closed
        ? CompletableFuture.failedFuture(new FarFailure(new Trouble.Failed("It is stopped.")))
        : attempts.latest(System.nanoTime());
  }

  /** A session that may take the place of one that does not answer. */
  synchronized CompletableFuture<LiveSession> another(LiveSession than) {
    LiveSession newer = current;
    if (newer == than) {
      news.accept(new ServerEvent.Suspected());
    }
    return newer != null && newer != than && !newer.isOver()
        ? CompletableFuture.completedFuture(newer)
        : attempt();
  }

  /** After so long it is time to see whether another attempt should be made. */
  Duration stale() {
    return attempts.stale();
  }

  /** Whether no other session has its place. */
  synchronized boolean isNewest(LiveSession session) {
    return session == current;
  }

  /** A session was made: the one to use from now on, which is another if this one is not needed. */
  private Optional<LiveSession> made(LiveSession session, long begun) {
    Optional<LiveSession> used = install(session, begun);
    if (used.isPresent() && used.get() == session) {
      session.session().whenOver(() -> ended(session));
      busy.run();
    } else {
      session.close();
    }
    return used;
  }

  /** The newer session takes the place of the older one, unless that has been heard of since. */
  private synchronized Optional<LiveSession> install(LiveSession session, long begun) {
    if (closed) {
      return Optional.empty();
    }
    LiveSession before = current;
    if (before != null && !before.isOver()) {
      if (before.session().heardNanos() - begun > 0 && !before.isSuspect()) {
        return Optional.of(before);
      }
      retire(before);
    }
    current = session;
    notifyAll();
    return Optional.of(session);
  }

  private void retire(LiveSession session) {
    session.retire();
    retired.add(session);
    if (retired.size() > MOST_RETIRED) {
      retired.removeFirst().close();
    }
  }

  private void ended(LiveSession session) {
    synchronized (this) {
      retired.remove(session);
      if (current == session) {
        current = null;
      }
    }
    news.accept(new ServerEvent.Ended("it is closed"));
  }

  /** The server is wanted, until it is {@link #release}d as often. */
  void hold() {
    holds.incrementAndGet();
    busy.run();
  }

  void release() {
    holds.decrementAndGet();
  }

  /** How it stands now. */
  ServerState state() {
    LiveSession session;
    synchronized (this) {
      session = current;
    }
    Optional<Trouble> trouble = attempts.trouble();
    if (session == null || session.isOver()) {
      boolean isComing = attempts.areUnderWay();
      return new ServerState(
          isComing ? ServerState.Phase.CONNECTING : ServerState.Phase.IDLE,
          Optional.empty(),
          trouble);
    }
    long nanos = session.roundTripNanos();
    return new ServerState(
        session.isSuspect() ? ServerState.Phase.SUSPECT : ServerState.Phase.CONNECTED,
        nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos)),
        trouble);
  }

  // ---- looking after ----

  /** The machine woke or its network changed. */
  void networkChanged() {
    attempts.networkChanged(System.nanoTime());
    all().forEach(LiveSession::doubt);
  }

  private synchronized List<LiveSession> all() {
    List<LiveSession> all = new ArrayList<>(retired);
    LiveSession newest = current;
    if (newest != null) {
      all.add(newest);
    }
    return all;
  }

  synchronized @Nullable LiveSession newest() {
    return current;
  }

  /**
   * Does what is due; false if there is nothing to look after.
   *
   * @param isReady whether connections were made ahead
   */
  boolean tend(boolean isReady) {
    List<LiveSession> all = all();
    LiveSession newest = newest();
    if (holds.get() > 0 && newest == null) {
      replace(null);
    }
    all.forEach(each -> tend(each, each == newest, isReady));
    return !all.isEmpty() || holds.get() > 0;
  }

  private void tend(LiveSession session, boolean isNewest, boolean isReady) {
    boolean isUseful = isNewest && (holds.get() > 0 || session.idleNanos() < USEFUL.toNanos());
    switch (session.due(isUseful, isReady && isNewest)) {
      case NOTHING -> {}
      case ASK -> Thread.ofVirtual().name("ask").start(session::ask);
      case REPLACE -> {
        if (isUseful) {
          replace(session);
        }
      }
      case DEAD -> Thread.ofVirtual().name("give-up").start(session::close);
    }
    boolean isIdle = session.idleNanos() > settings.idle().toNanos() && holds.get() == 0;
    if (isIdle || (!isNewest && session.connections() == 0)) {
      Thread.ofVirtual().name("drop").start(session::close);
    }
  }

  private synchronized void replace(@Nullable LiveSession session) {
    if (current == session && attempts.mayBegin(System.nanoTime())) {
      var _ = attempt();
    }
  }

  /** Ends everything. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    all().forEach(LiveSession::close);
  }
}
