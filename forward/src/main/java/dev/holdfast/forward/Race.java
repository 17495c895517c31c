package dev.holdfast.forward;

import dev.holdfast.ssh.ChannelRefused;
import dev.holdfast.ssh.DirectStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to be made through whichever session answers first. Nothing is written before, so
 * the others cost nobody anything: they are closed when they are late. Thread-safe.
 */
final class Race {
  private final FarAddress to;
  private final CompletableFuture<Connected> won = new CompletableFuture<>();
  private final Set<CompletableFuture<LiveSession>> awaited = new HashSet<>();
  private final Set<LiveSession> entered = new HashSet<>();
  private int running;

  Race(FarAddress to) {
    this.to = to;
  }

  /** Connects through {@code session} as well. */
  void enter(LiveSession session) {
    synchronized (this) {
      entered.add(session);
    }
    enters();
    var _ = session.open(to).whenComplete((stream, failure) -> arrived(session, stream, failure));
  }

  /** The same through a session that is being made. */
  void alsoAfter(CompletableFuture<LiveSession> coming) {
    synchronized (this) {
      if (!awaited.add(coming)) {
        return;
      }
    }
    enters();
    var _ =
        coming.whenComplete((session, failure) -> {
          if (session != null && !won.isDone() && isNew(session)) {
            enter(session);
          }
          leaves(failure == null ? new IOException("the session is not needed") : failure);
        });
  }

  private synchronized boolean isNew(LiveSession session) {
    return !entered.contains(session);
  }

  private synchronized void enters() {
    running++;
  }

  /** The last one that fails decides; a refusal of the server's does at once. */
  private void leaves(Throwable failure) {
    boolean isLast;
    synchronized (this) {
      isLast = --running == 0;
    }
    if (isLast) {
      won.completeExceptionally(failure);
    }
  }

  private void arrived(
      LiveSession session, @Nullable DirectStream stream, @Nullable Throwable failure) {
    if (stream == null) {
      if (failure instanceof ChannelRefused) {
        won.completeExceptionally(failure);
      }
      leaves(failure == null ? new IOException("nothing came") : failure);
      return;
    }
    if (!won.complete(new Connected(session, stream))) {
      Thread.ofVirtual().name("late").start(stream::close);
    }
  }

  /** The winner, if there is one within that time; fails when none can be. */
  Optional<Connected> await(long nanos) throws IOException {
    try {
      return Optional.of(won.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known
          ? known
          : new IOException(String.valueOf(e.getCause()), e);
    }
  }

  /** Nobody waits any more: whoever arrives is closed. */
  void abandon() {
    won.completeExceptionally(new IOException("given up"));
  }
}
