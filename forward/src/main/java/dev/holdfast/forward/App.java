package dev.holdfast.forward;

import dev.holdfast.ssh.ChannelRefused;
import dev.holdfast.ssh.DirectStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An app on a server, and the connections to it: does what its {@link Pool} decides. Thread-safe;
 * the lock is held over the beginning of a channel, which keeps their order, and over nothing that
 * waits for the server.
 */
final class App {
  private final FarAddress address;
  private final Pool<DirectStream> pool = new Pool<>();
  private @Nullable LiveSession source;

  App(FarAddress address) {
    this.address = address;
  }

  FarAddress address() {
    return address;
  }

  /** A connection that was made ahead, if there is one that may be used. */
  Optional<FarStream> take(LiveSession session) {
    Optional<FarStream> taken = session.isFresh() ? taken(session) : Optional.empty();
    refill(session);
    return taken;
  }

  private synchronized Optional<FarStream> taken(LiveSession session) {
    if (source != session) {
      return Optional.empty();
    }
    Optional<Pool.Taken<DirectStream>> taken = pool.take(System.nanoTime());
    while (taken.isPresent() && taken.get().spare().isTouched()) {
      // It was closed just now.
      pool.ended(taken.get().use());
      close(taken.get().spare());
      taken = pool.take(System.nanoTime());
    }
    return taken.map(it -> new FarStream(this, new Connected(session, it.spare()), it.use()));
  }

  /** A connection of the app's is begun through {@code session}, and perhaps a trial before. */
  synchronized Begun begin(LiveSession session, Race race) {
    for (int i = pool.ahead(System.nanoTime()); i > 0; i--) {
      openSpare(session);
    }
    long order = pool.order();
    race.enter(session);
    return new Begun(order);
  }

  /** A connection that is not made yet. */
  record Begun(long order) {}

  /** It is made. */
  FarStream connected(Begun begun, Connected made) {
    FarStream stream;
    synchronized (this) {
      stream = new FarStream(this, made, pool.began(begun.order, System.nanoTime()));
    }
    refill(made.session());
    return stream;
  }

  /** The server made none. */
  synchronized void refused(ChannelRefused why) {
    if (why.reason() == ChannelRefused.Reason.NOT_CONNECTED) {
      pool.forget();
    }
  }

  /** Connections will be wanted soon. */
  void expect(LiveSession session) {
    synchronized (this) {
      pool.expected(System.nanoTime());
    }
    refill(session);
  }

  /** It answered while so many idle connections were open. */
  synchronized void learn(int idle) {
    pool.learn(idle);
  }

  private synchronized void refill(LiveSession session) {
    if (session.isSuspect()) {
      return;
    }
    for (int i = pool.missing(System.nanoTime()); i > 0; i--) {
      openSpare(session);
    }
  }

  private void openSpare(LiveSession session) {
    if (source != session) {
      pool.drop().forEach(App::close);
      source = session;
    }
    pool.opening();
    long order = pool.order();
    var _ =
        session
            .open(address)
            .whenComplete((stream, failure) -> {
              if (stream == null) {
                failed();
              } else {
                opened(stream, order, session);
              }
            });
  }

  private synchronized void failed() {
    pool.failed();
  }

  private void opened(DirectStream stream, long order, LiveSession session) {
    boolean isCurrent;
    synchronized (this) {
      isCurrent = source == session;
      if (isCurrent) {
        pool.opened(stream, order, System.nanoTime());
      } else {
        pool.failed();
      }
    }
    if (!isCurrent) {
      close(stream);
      return;
    }
    stream.whenTouched(() -> touched(stream, session));
  }

  private void touched(DirectStream stream, LiveSession session) {
    boolean wasSpare;
    synchronized (this) {
      wasSpare =
          session.isOver()
              ? pool.lost(stream)
              : pool.touched(stream, stream.isSpokenTo(), System.nanoTime());
    }
    if (wasSpare) {
      close(stream);
    }
  }

  // ---- what happens to connections in use ----

  synchronized void sent(Pool.Use use) {
    pool.sent(use, System.nanoTime());
  }

  synchronized void answered(Pool.Use use, boolean isHttp) {
    pool.answered(use, System.nanoTime(), isHttp);
  }

  synchronized void ended(Pool.Use use) {
    pool.ended(use);
  }

  synchronized void endedByApp(Pool.Use use) {
    pool.endedByApp(use, System.nanoTime());
  }

  // ---- looking after ----

  /** Whether connections were made ahead. */
  synchronized boolean isReady() {
    return pool.spares() > 0;
  }

  /** Does what is due; {@code session} is the newest. */
  void tend(@Nullable LiveSession session) {
    List<DirectStream> surplus = new ArrayList<>();
    synchronized (this) {
      surplus.addAll(pool.surplus(System.nanoTime()));
    }
    surplus.forEach(App::close);
    if (session != null && !session.isOver()) {
      refill(session);
    }
  }

  /** Closing writes, and nobody here waits for that. */
  private static void close(DirectStream stream) {
    Thread.ofVirtual().name("spare-close").start(stream::close);
  }

  synchronized boolean isForgettable() {
    return pool.uses() == 0 && pool.spares() == 0;
  }

  /** In words, whether connections are made ahead. */
  synchronized String pooling() {
    return pool.tolerance()
        .banned()
        .map(ban -> "no spare connections: " + ban.words())
        .orElseGet(() -> pool.spares() + " spare connections");
  }
}
