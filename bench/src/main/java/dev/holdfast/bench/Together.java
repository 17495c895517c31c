package dev.holdfast.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Something that goes on on a thread of its own, while other things do, and its outcome. */
final class Together<T> {
  private final FutureTask<T> task;

  private Together(FutureTask<T> task) {
    this.task = task;
  }

  /** What is done. */
  interface Step<T> {
    T take() throws IOException;
  }

  /** Begins with it. */
  static <T> Together<T> begin(Step<T> step) {
    var task = new FutureTask<T>(step::take);
    Thread.ofPlatform().daemon().start(task);
    return new Together<>(task);
  }

  /** Waits for its end; what it failed with is told as is. */
  T await() throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? "failed" : String.valueOf(cause.getMessage()), e);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Waits for all of them. */
  static <T> List<T> awaitAll(List<Together<T>> all) throws IOException {
    var outcomes = new ArrayList<T>();
    for (Together<T> each : all) {
      outcomes.add(each.await());
    }
    return outcomes;
  }
}
