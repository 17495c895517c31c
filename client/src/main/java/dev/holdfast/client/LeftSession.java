package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a person leaves behind at a server: a {@link KeptSession} without a name that the person
 * gave it, to which nobody would come back. It is ended when asked for, and when the process ends
 * by a signal. Thread-safe.
 */
final class LeftSession implements AutoCloseable {
  /** For ending it. */
  private static final Duration END = Duration.ofSeconds(2);

  private @Nullable ClientConnection connection;
  private Optional<KeptSession> session = Optional.empty();

  /** The session that runs now, and over what. */
  synchronized void at(ClientConnection now, Optional<KeptSession> running) {
    Farewells.owe(this);
    connection = now;
    session = running.filter(each -> !each.isNamed());
  }

  /** Ends it, as far as the server can be reached. */
  void end() {
    ClientConnection now;
    Optional<KeptSession> running;
    synchronized (this) {
      now = connection;
      running = session;
      session = Optional.empty();
    }
    if (now != null && !now.isOver() && running.isPresent()) {
      Thread ending = Thread.ofPlatform().daemon().start(() -> end(now, running.get()));
      try {
        ending.join(END);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void end(ClientConnection now, KeptSession session) {
    try {
      now.exec(
          session.endingLine(),
          InputStream.nullInputStream(),
          OutputStream.nullOutputStream(),
          OutputStream.nullOutputStream());
    } catch (IOException e) {
      // It stays.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process ends by itself. */
  @Override
  public void close() {
    Farewells.over(this);
  }
}
