package dev.holdfast.forward;

import dev.holdfast.ssh.ChannelRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server as one login sees it: sessions with it are made when they are needed, proved before they
 * are used, replaced when they are dead and ended when nobody uses them. Thread-safe.
 */
public final class Server {
  /** Old sessions that are kept for their connections; more are given up, the oldest first. */
  static final int MOST_RETIRED = 4;

  /** Apps about which something is remembered. */
  static final int MOST_APPS = 256;

  /** An attempt that is older does not keep a new one from beginning. */
  private static final Duration STALE_ATTEMPT = Duration.ofMillis(1500);

  /** Attempts at a time. */
  static final int MOST_ATTEMPTS = 3;

  /** A session that was used within this time is replaced at once when it is dead. */
  private static final Duration USEFUL = Duration.ofSeconds(60);

  private final String name;
  private final SessionSource source;
  private final ForwardSettings settings;
  private final Runnable busy;
  private final List<Consumer<ServerEvent>> listeners = new CopyOnWriteArrayList<>();
  private final Map<FarAddress, App> apps = new ConcurrentHashMap<>();
  private final AtomicInteger holds = new AtomicInteger();

  // Guarded by this.
  private final List<LiveSession> retired = new ArrayList<>();
  private final Backoff backoff = new Backoff();
  private @Nullable LiveSession current;
  private @Nullable Attempt latest;
  private final List<Attempt> attempts = new ArrayList<>();
  private @Nullable Trouble trouble;
  private boolean closed;

  /**
   * A server without a session.
   *
   * @param busy runs when there is something to look after, see {@link #tend}
   */
  Server(String name, SessionSource source, ForwardSettings settings, Runnable busy) {
    this.name = name;
    this.source = source;
    this.settings = settings;
    this.busy = busy;
  }

  private record Attempt(long begun, CompletableFuture<LiveSession> made) {}

  /** The login: {@code user@host}, with the port if it is not the usual one. */
  public String name() {
    return name;
  }

  // ---- for who connects ----

  /**
   * A connection from the server to {@code to}, ready for use. Blocks until the server is proved to
   * be there, at the worst for as long as a new session takes or until the deadline.
   */
  public FarStream open(FarAddress to, Deadline deadline) throws FarFailure {
    App app = app(to);
    while (true) {
      LiveSession session = session(deadline);
      Optional<FarStream> ready = app.take(session);
      if (ready.isPresent()) {
        return ready.get();
      }
      try {
        return race(session, app, deadline);
      } catch (ChannelRefused e) {
        app.refused(e);
        throw new FarFailure(Troubles.of(e, to));
      } catch (IOException e) {
        // The session has gone before anything was written: another one serves as well.
        checkTime(deadline, "the server did not answer in time");
      }
    }
  }

  /**
   * Runs a command on the server to its end.
   *
   * @param input what it reads
   * @param most bytes of its output that are returned
   */
  public byte[] exec(String command, byte[] input, int most, Deadline deadline) throws FarFailure {
    LiveSession session = proved(deadline);
    CompletableFuture<byte[]> output = new CompletableFuture<>();
    session.begin();
    Thread.ofVirtual()
        .name("exec")
        .start(() -> {
          try {
            output.complete(session.session().exec(command, input, most));
          } catch (IOException | RuntimeException e) {
            output.completeExceptionally(e);
          } finally {
            session.end();
          }
        });
    try {
      return await(output, deadline);
    } catch (IOException e) {
      throw new FarFailure(new Trouble.Failed(String.valueOf(e.getMessage())));
    }
  }

  /** A page of the app will be asked for soon: what can be made ready is. */
  public void expect(FarAddress to) {
    App app = app(to);
    Thread.ofVirtual()
        .name("expect")
        .start(() -> {
          try {
            app.expect(session(Deadline.in(settings.dead())));
          } catch (FarFailure e) {
            // Who asks then is told.
          }
        });
  }

  /**
   * The app was seen to answer a connection while {@code idle} others were open that had said
   * nothing.
   */
  public void learn(FarAddress to, int idle) {
    app(to).learn(idle);
  }

  /** The server is wanted: a session is made now, and again when it ends, until it is released. */
  public Hold hold() {
    holds.incrementAndGet();
    busy.run();
    Thread.ofVirtual()
        .name("hold")
        .start(() -> {
          try {
            session(Deadline.in(settings.dead()));
          } catch (FarFailure e) {
            // It is tried again in its time.
          }
        });
    return holds::decrementAndGet;
  }

  /** A wish that a server be there, until it is closed. */
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /** How it stands now. */
  public synchronized ServerState state() {
    LiveSession session = current;
    if (session == null || session.isOver()) {
      return new ServerState(
          !attempts.isEmpty() ? ServerState.Phase.CONNECTING : ServerState.Phase.IDLE,
          Optional.empty(),
          Optional.ofNullable(trouble));
    }
    long nanos = session.roundTripNanos();
    return new ServerState(
        session.isSuspect() ? ServerState.Phase.SUSPECT : ServerState.Phase.CONNECTED,
        nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos)),
        Optional.ofNullable(trouble));
  }

  /** Has {@code listener} hear what happens, on any thread; it must not block. */
  public Hold listen(Consumer<ServerEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private void tell(ServerEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  private App app(FarAddress to) {
    if (apps.size() >= MOST_APPS) {
      apps.values().removeIf(App::isForgettable);
    }
    return apps.computeIfAbsent(to, App::new);
  }

  // ---- sessions ----

  /** A session, which may be suspect. */
  LiveSession session(Deadline deadline) throws FarFailure {
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
        return await(coming, deadline.orIn(STALE_ATTEMPT));
      } catch (FarFailure e) {
        pause(e, deadline);
      } catch (IOException e) {
        checkTime(deadline, String.valueOf(e.getMessage()));
      }
    }
  }

  /** What a retry can't help is told at once, anything else when there is no time for a retry. */
  private void pause(FarFailure failure, Deadline deadline) throws FarFailure {
    long wait;
    synchronized (this) {
      wait = Math.max(backoff.waitNanos(System.nanoTime()), 0);
    }
    if (!failure.trouble().mayPass() || wait > deadline.leftNanos()) {
      throw failure;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  /** Whether no other session has its place. */
  synchronized boolean isNewest(LiveSession session) {
    return session == current;
  }

  /** A session that is proved to live now. */
  private LiveSession proved(Deadline deadline) throws FarFailure {
    while (true) {
      LiveSession session = session(deadline);
      try {
        session.prove();
        return session;
      } catch (IOException e) {
        checkTime(deadline, String.valueOf(e.getMessage()));
      }
    }
  }

  private void checkTime(Deadline deadline, String why) throws FarFailure {
    if (deadline.isOver()) {
      throw new FarFailure(new Trouble.Unreachable(name, why));
    }
  }

  /** The attempt that is under way, or a new one. The caller locks. */
  private CompletableFuture<LiveSession> attempt() {
    long now = System.nanoTime();
    Attempt running = latest;
    boolean isStale =
        running == null
            || running.made.isDone()
            || (now - running.begun > STALE_ATTEMPT.toNanos() && attempts.size() < MOST_ATTEMPTS);
    if (running != null && !isStale) {
      return running.made;
    }
    Trouble last = trouble;
    if (closed || (last != null && !last.mayPass() && backoff.waitNanos(now) > 0)) {
      return CompletableFuture.failedFuture(
          new FarFailure(closed || last == null ? new Trouble.Failed("It is stopped.") : last));
    }
    Attempt fresh = new Attempt(now, new CompletableFuture<>());
    latest = fresh;
    attempts.add(fresh);
    Thread.ofVirtual().name("login").start(() -> run(fresh));
    return fresh.made;
  }

  private void run(Attempt attempt) {
    tell(new ServerEvent.Connecting());
    try {
      LiveSession session = new LiveSession(source.make(), settings);
      if (install(session, attempt)) {
        session.session().whenOver(() -> ended(session));
        busy.run();
        attempt.made.complete(session);
        tell(new ServerEvent.Connected(Duration.ofNanos(System.nanoTime() - attempt.begun)));
        prime(session);
      } else {
        session.close();
      }
    } catch (FarFailure e) {
      failed(attempt, e.trouble());
      attempt.made.completeExceptionally(e);
      tell(new ServerEvent.Troubled(e.trouble()));
    } catch (RuntimeException e) {
      FarFailure failure = new FarFailure(new Trouble.Failed(String.valueOf(e)));
      failed(attempt, failure.trouble());
      attempt.made.completeExceptionally(failure);
    }
  }

  private synchronized void failed(Attempt attempt, Trouble why) {
    attempts.remove(attempt);
    trouble = why;
    backoff.failed(System.nanoTime(), why.mayPass());
  }

  /** The newer session takes the place of the older one; false if it is not needed any more. */
  private synchronized boolean install(LiveSession session, Attempt attempt) {
    attempts.remove(attempt);
    backoff.succeeded();
    trouble = null;
    LiveSession before = current;
    boolean isNeedless =
        before != null
            && !before.isOver()
            && before.session().heardNanos() - attempt.begun > 0
            && !before.isSuspect();
    if (closed || isNeedless) {
      if (before != null && !closed) {
        attempt.made.complete(before);
      } else {
        attempt.made.completeExceptionally(new FarFailure(new Trouble.Failed("It is stopped.")));
      }
      return false;
    }
    if (before != null && !before.isOver()) {
      before.retire();
      retired.add(before);
      if (retired.size() > MOST_RETIRED) {
        retired.removeFirst().close();
      }
    }
    current = session;
    // Who waits for a later attempt, or an earlier one that hangs, need not.
    attempts.forEach(each -> each.made.complete(session));
    return true;
  }

  private void ended(LiveSession session) {
    synchronized (this) {
      retired.remove(session);
      if (current == session) {
        current = null;
      }
    }
    tell(new ServerEvent.Ended("it is closed"));
  }

  /** See {@link ForwardSettings#primed}. Nobody waits for it. */
  private void prime(LiveSession session) {
    session.ask();
    if (settings.primed() && session.session().needsPriming()) {
      Thread.ofVirtual()
          .name("prime")
          .start(() -> {
            try {
              session.session().exec("true", new byte[0], 0);
            } catch (IOException e) {
              // Then it stays slow.
            }
          });
    }
  }

  // ---- a connection that is not ready ----

  /**
   * Connects through {@code session}; when that is late, through a new one as well. The first wins.
   */
  private FarStream race(LiveSession session, App app, Deadline deadline) throws IOException {
    Race race = new Race(app.address());
    boolean isFresh = session.isFresh();
    long begun = System.nanoTime();
    session.waits(true);
    try {
      App.Begun connection = app.begin(session, race);
      if (!isFresh) {
        session.ask();
      }
      Optional<Connected> early = race.await(Math.min(session.hedgeNanos(), deadline.leftNanos()));
      if (early.isPresent()) {
        return app.connected(connection, early.get());
      }
      Optional<Connected> late = Optional.empty();
      while (late.isEmpty() && !deadline.isOver()) {
        if (session.session().heardNanos() - begun < 0) {
          race.alsoAfter(another(session));
        }
        late = race.await(deadline.orIn(STALE_ATTEMPT).leftNanos());
      }
      return app.connected(
          connection, late.orElseThrow(() -> new IOException("nothing answers there")));
    } finally {
      race.abandon();
      session.waits(false);
    }
  }

  private synchronized CompletableFuture<LiveSession> another(LiveSession than) {
    LiveSession newer = current;
    if (newer == than) {
      tell(new ServerEvent.Suspected());
    }
    return newer != null && newer != than && !newer.isOver()
        ? CompletableFuture.completedFuture(newer)
        : attempt();
  }

  private static <T> T await(CompletableFuture<T> future, Deadline deadline) throws IOException {
    try {
      return future.get(Math.max(deadline.leftNanos(), 0), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it did not answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known
          ? known
          : new IOException(String.valueOf(e.getCause()), e);
    }
  }

  // ---- looking after ----

  /** The machine woke or its network changed. */
  void networkChanged() {
    List<LiveSession> all;
    synchronized (this) {
      backoff.forget();
      all = all();
    }
    all.forEach(LiveSession::doubt);
  }

  private List<LiveSession> all() {
    List<LiveSession> all = new ArrayList<>(retired);
    LiveSession newest = current;
    if (newest != null) {
      all.add(newest);
    }
    return all;
  }

  /** Does what is due; called several times a second. False if there is nothing to look after. */
  boolean tend() {
    List<LiveSession> all;
    LiveSession newest;
    synchronized (this) {
      all = all();
      newest = current;
      if (holds.get() > 0 && newest == null && backoff.waitNanos(System.nanoTime()) <= 0) {
        var _ = attempt();
      }
    }
    boolean isReady = apps.values().stream().anyMatch(App::isReady);
    all.forEach(each -> tend(each, each == newest, isReady));
    apps.values().forEach(app -> app.tend(newest));
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

  private synchronized void replace(LiveSession session) {
    if (current == session && attempts.isEmpty() && backoff.waitNanos(System.nanoTime()) <= 0) {
      var _ = attempt();
    }
  }

  /** Ends everything. */
  void close() {
    List<LiveSession> all;
    synchronized (this) {
      closed = true;
      all = all();
    }
    all.forEach(LiveSession::close);
  }

  /** For presentation: what is known about an app. */
  Optional<App> known(FarAddress address) {
    return Optional.ofNullable(apps.get(address));
  }
}
