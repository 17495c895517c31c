package dev.holdfast.node;

import dev.holdfast.recording.PartStore;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Puts a part into a store within a time: tries again while it fails, and gives up when the time
 * has passed, also if the store does not answer at all. Thread-safe.
 */
final class PatientStore {
  static final Duration PAUSE = Duration.ofMillis(200);

  private final PartStore store;

  PatientStore(PartStore store) {
    this.store = store;
  }

  /** Returns when the part is durable; what failed last is the exception's cause. */
  void put(String recording, int index, byte[] part, Duration most) throws IOException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    AtomicReference<@Nullable IOException> last = new AtomicReference<>();
    long end = System.nanoTime() + most.toNanos();
    Thread trying =
        Thread.ofVirtual()
            .name("node-recorder-put")
            .start(() -> {
              while (!done.isDone()) {
                try {
                  store.put(recording, index, part);
                  done.complete(null);
                } catch (IOException e) {
                  last.set(e);
                  pause(done);
                } catch (RuntimeException e) {
                  done.completeExceptionally(e);
                }
              }
            });
    try {
      done.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      IOException why = last.get();
      done.cancel(false);
      trying.interrupt();
      throw new IOException(
          "the destination did not take it in %d s%s"
              .formatted(most.toSeconds(), why == null ? "" : ": " + why.getMessage()),
          e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void pause(CompletableFuture<Void> done) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      done.cancel(false);
    }
  }
}
