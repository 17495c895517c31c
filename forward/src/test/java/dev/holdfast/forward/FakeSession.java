package dev.holdfast.forward;

import dev.holdfast.ssh.DirectStream;
import dev.holdfast.ssh.ForwardTarget;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A session whose server answers, or does not any more. */
final class FakeSession implements Session {
  final List<FakeStream> streams = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<CompletableFuture<?>> pending = new CopyOnWriteArrayList<>();
  private volatile boolean silent;
  private volatile boolean over;
  private volatile long heard = System.nanoTime();
  final AtomicInteger asked = new AtomicInteger();

  /** From now on nothing comes from the server. */
  void fallSilent() {
    silent = true;
  }

  @Override
  public CompletableFuture<? extends DirectStream> open(FarAddress to) {
    CompletableFuture<FakeStream> opening = new CompletableFuture<>();
    if (silent) {
      pending.add(opening);
    } else {
      heard = System.nanoTime();
      FakeStream stream = new FakeStream();
      streams.add(stream);
      opening.complete(stream);
    }
    return opening;
  }

  @Override
  public byte[] exec(String command, byte[] input, int most) {
    return command.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  @Override
  public void ask(Runnable answered) {
    asked.incrementAndGet();
    if (!silent) {
      heard = System.nanoTime();
      answered.run();
    }
  }

  @Override
  public OptionalInt listen(String address, int port, ForwardTarget target) {
    return OptionalInt.empty();
  }

  @Override
  public boolean listen(String path, ForwardTarget target) {
    return false;
  }

  @Override
  public void stopListening(String address, int port) {}

  @Override
  public void stopListening(String path) {}

  @Override
  public long heardNanos() {
    return heard;
  }

  @Override
  public boolean outlivesLinks() {
    return false;
  }

  @Override
  public boolean needsPriming() {
    return false;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void whenOver(Runnable listener) {
    listeners.add(listener);
    if (over) {
      listener.run();
    }
  }

  @Override
  public void close() {
    over = true;
    pending.forEach(each -> each.completeExceptionally(new IOException("the session is over")));
    listeners.forEach(Runnable::run);
  }
}
