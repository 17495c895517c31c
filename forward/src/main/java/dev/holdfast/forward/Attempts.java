package dev.holdfast.forward;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Attempts at a session with one server: one at a time, another beside it when that takes long; and
 * how the last one failed. Who waits for any of them gets the first session that comes.
 * Thread-safe.
 */
final class Attempts {
  /** An attempt that is older does not keep a new one from beginning. */
  static final Duration STALE = Duration.ofMillis(1500);

  /** The same where attempts were seen to take less; they have twice as long as the last one. */
  static final Duration LEAST_STALE = Duration.ofMillis(500);

  /** Attempts at a time. */
  static final int MOST = 3;

  private final SessionSource source;
  private final ForwardSettings settings;
  private final Consumer<ServerEvent> news;
  private final Arrival arrival;

  // Guarded by this.
  private final Backoff backoff = new Backoff();
  private final List<Attempt> running = new ArrayList<>();
  private @Nullable Attempt latest;
  private @Nullable Trouble trouble;
  private Duration stale = STALE;

  /** Takes a session that was made. */
  interface Arrival {
    /**
     * The session to use; nothing if none is wanted any more.
     *
     * @param begun when the attempt was
     */
    Optional<LiveSession> made(LiveSession session, long begun);
  }

  private record Attempt(long begun, CompletableFuture<LiveSession> made) {}

  Attempts(
      SessionSource source, ForwardSettings settings, Consumer<ServerEvent> news, Arrival arrival) {
    this.source = source;
    this.settings = settings;
    this.news = news;
    this.arrival = arrival;
  }

  /**
   * The attempt that is under way, or a new one; a failure that a retry can't help, for a while.
   */
  synchronized CompletableFuture<LiveSession> latest(long now) {
    Attempt before = latest;
    if (before != null && !isStale(before, now)) {
      return before.made;
    }
    Trouble last = trouble;
    if (last != null && !last.mayPass() && backoff.waitNanos(now) > 0) {
      return CompletableFuture.failedFuture(new FarFailure(last));
    }
    return begin(now).made;
  }

  private Attempt begin(long now) {
    Attempt fresh = new Attempt(now, new CompletableFuture<>());
    latest = fresh;
    running.add(fresh);
    Thread.ofVirtual().name("login").start(() -> run(fresh));
    return fresh;
  }

  private boolean isStale(Attempt attempt, long now) {
    return attempt.made.isDone()
        || (now - attempt.begun > stale.toNanos() && running.size() < MOST);
  }

  /** After so long another attempt may be made beside one that has not come to an end. */
  synchronized Duration stale() {
    return stale;
  }

  private void run(Attempt attempt) {
    news.accept(new ServerEvent.Connecting());
    try {
      LiveSession session = new LiveSession(source.make(), settings);
      Optional<LiveSession> used = arrival.made(session, attempt.begun);
      succeeded(attempt, used, System.nanoTime());
      if (used.isPresent() && used.get() == session) {
        news.accept(new ServerEvent.Connected(Duration.ofNanos(System.nanoTime() - attempt.begun)));
        prime(session);
      }
    } catch (FarFailure e) {
      failed(attempt, e);
      news.accept(new ServerEvent.Troubled(e.trouble()));
    } catch (RuntimeException e) {
      failed(attempt, new FarFailure(new Trouble.Failed(String.valueOf(e))));
    }
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

  /** Who waits for another attempt, that came later or hangs, need not. */
  private void succeeded(Attempt attempt, Optional<LiveSession> used, long now) {
    List<Attempt> waiting;
    synchronized (this) {
      running.remove(attempt);
      backoff.succeeded();
      trouble = null;
      stale = staleAfter(Duration.ofNanos(now - attempt.begun));
      waiting = List.copyOf(running);
    }
    if (used.isPresent()) {
      attempt.made.complete(used.get());
      waiting.forEach(each -> each.made.complete(used.get()));
    } else {
      attempt.made.completeExceptionally(new FarFailure(new Trouble.Failed("It is stopped.")));
    }
  }

  static Duration staleAfter(Duration last) {
    long nanos = Math.clamp(2 * last.toNanos(), LEAST_STALE.toNanos(), STALE.toNanos());
    return Duration.ofNanos(nanos);
  }

  private void failed(Attempt attempt, FarFailure why) {
    synchronized (this) {
      running.remove(attempt);
      trouble = why.trouble();
      backoff.failed(System.nanoTime(), why.trouble().mayPass());
    }
    attempt.made.completeExceptionally(why);
  }

  /** Nanoseconds until there should be another one. */
  synchronized long waitNanos(long now) {
    return backoff.waitNanos(now);
  }

  /** Whether nothing is under way and it is time for another one. */
  synchronized boolean mayBegin(long now) {
    return running.isEmpty() && backoff.waitNanos(now) <= 0;
  }

  synchronized boolean areUnderWay() {
    return !running.isEmpty();
  }

  /**
   * The network is another one: what failed before says nothing, and what is under way may go from
   * an address that is no more.
   */
  synchronized void networkChanged(long now) {
    backoff.forget();
    if (!running.isEmpty() && running.size() < MOST) {
      begin(now);
    }
  }

  /** Why the last one failed, if it did. */
  synchronized Optional<Trouble> trouble() {
    return Optional.ofNullable(trouble);
  }
}
