package dev.holdfast.link;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to get a connection. {@link #connect} blocks the thread that calls it, meant to be a
 * virtual one; {@link #close}, from any thread, ends it at once. Interrupting the thread does so
 * too.
 */
final class Dial implements AutoCloseable {
  private enum State {
    /** Then DIALLING or CANCELLED. */
    NEW,
    /** Then DONE or CANCELLED. */
    DIALLING,
    /** The connection was given away, or there is none: closing changes nothing any more. */
    DONE,
    /** Closed before that: no connection will come of it. */
    CANCELLED
  }

  private final Resolver resolver;
  private final ProxyChoice proxies;
  private final Way way;
  private final Destination to;
  private final Duration timeout;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private volatile @Nullable WaitPoint waiting;

  Dial(Resolver resolver, ProxyChoice proxies, Way way, Destination to, Duration timeout) {
    this.resolver = resolver;
    this.proxies = proxies;
    this.way = way;
    this.to = to;
    this.timeout = timeout;
  }

  /**
   * Returns a connected channel: blocking, registered nowhere, TCP_NODELAY and SO_KEEPALIVE on, not
   * a byte read that is not a proxy's. It is the caller's to close. To be called once.
   */
  SocketChannel connect() throws DialException {
    if (!state.compareAndSet(State.NEW, State.DIALLING) && state.get() != State.CANCELLED) {
      throw new IllegalStateException("A dial connects once.");
    }
    try {
      return handOver(establish());
    } finally {
      state.compareAndSet(State.DIALLING, State.DONE);
    }
  }

  /**
   * Calls the dial off: {@link #connect} fails at once with {@link DialFailure.Cancelled}. After
   * its end this does nothing.
   */
  @Override
  public void close() {
    State before = state.getAndUpdate(s -> s == State.DONE ? s : State.CANCELLED);
    WaitPoint point = waiting;
    if (before == State.DIALLING && point != null) {
      point.wake();
    }
  }

  private SocketChannel establish() throws DialException {
    try (WaitPoint wait = WaitPoint.open(() -> state.get() == State.CANCELLED)) {
      waiting = wait;
      wait.checkWanted();
      return new DialRoute(resolver, way, to, wait, timeout).follow(proxies.choose(to));
    }
  }

  /**
   * From here on the channel is the caller's, unless the dial was called off in the last moment.
   */
  private SocketChannel handOver(SocketChannel channel) throws DialException {
    boolean given = false;
    try {
      channel.configureBlocking(true);
      given = state.compareAndSet(State.DIALLING, State.DONE);
    } catch (IOException e) {
      throw new DialException(new DialFailure.Unreachable(to), e);
    } finally {
      if (!given) {
        close(channel);
      }
    }
    if (!given) {
      throw new DialException(new DialFailure.Cancelled());
    }
    return channel;
  }

  /** Closes a connection that did not come about. */
  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException _) {
      // Nobody waits for anything that was sent over it.
    }
  }
}
