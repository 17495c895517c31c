package dev.holdfast.client;

import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.ClientEngine;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What all roads of a process share: the SSH engine, and what carries streams. Thread-safe. */
final class Ways implements AutoCloseable {
  /** Bytes that streams may hold: enough for a fast path's window in both directions. */
  private static final long MEMORY = 192L << 20;

  private final CompletableFuture<ClientEngine> engine;
  private final Consumer<String> person;
  private @Nullable StreamClient streams;

  /**
   * With nothing open.
   *
   * @param person hears of faults
   */
  Ways(Consumer<String> person) {
    this(person, engineToCome());
  }

  /** The same with an engine that somebody has begun to make. */
  Ways(Consumer<String> person, CompletableFuture<ClientEngine> engine) {
    this.person = person;
    this.engine = engine;
  }

  /** Begins to make an engine. That takes long in a process that has made none. */
  static CompletableFuture<ClientEngine> engineToCome() {
    return CompletableFuture.supplyAsync(
        ClientEngine::start, task -> Thread.ofVirtual().name("ssh-engine").start(task));
  }

  ClientEngine engine() {
    return engine.join();
  }

  /** Made when first used: a way through a program needs none. */
  synchronized StreamClient streams() throws IOException {
    StreamClient running = streams;
    if (running == null) {
      running = StreamClient.start(MEMORY, fault -> person.accept("link: " + fault));
      streams = running;
    }
    return running;
  }

  @Override
  public synchronized void close() {
    engine().close();
    StreamClient running = streams;
    if (running != null) {
      running.close();
    }
  }
}
