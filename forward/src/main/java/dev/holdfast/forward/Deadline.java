package dev.holdfast.forward;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The moment until which something is waited for.
 *
 * @param nanos by {@link System#nanoTime}
 */
public record Deadline(long nanos) {
  /** So long from now. */
  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** So long from now, if that is sooner. */
  Deadline orIn(Duration time) {
    return leftNanos() < time.toNanos() ? this : in(time);
  }

  /** What is left; negative when it is over. */
  public long leftNanos() {
    return nanos - System.nanoTime();
  }

  /** What {@code future} brings; fails with its failure, or when it is over. */
  <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(Math.max(leftNanos(), 0), TimeUnit.NANOSECONDS);
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

  /** Fails when it is over: the server could not be reached in time. */
  void check(String server, String why) throws FarFailure {
    if (isOver()) {
      throw new FarFailure(new Trouble.Unreachable(server, why));
    }
  }

  public boolean isOver() {
    return leftNanos() <= 0;
  }
}
