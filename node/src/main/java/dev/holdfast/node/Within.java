package dev.holdfast.node;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls that somebody waits for no longer than a time, whatever they wait for themselves. */
final class Within {
  private Within() {}

  /** What {@code call} returns, if it does within the time; else it is interrupted and left. */
  static <T> T time(Duration time, Callable<T> call) throws IOException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(call);
    Thread.ofVirtual().name("holdfast-call").start(task);
    try {
      return task.get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IOException(e);
      }
    } catch (TimeoutException e) {
      task.cancel(true);
      throw new IOException("There was no answer within %d ms.".formatted(time.toMillis()), e);
    } catch (InterruptedException e) {
      task.cancel(true);
      throw e;
    }
  }
}
