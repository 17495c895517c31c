package dev.holdfast.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Tells its listeners when this machine's addresses or routes have changed, and when it has been
 * asleep. Neither is proof that a link is dead; each is a reason to try at once instead of waiting.
 *
 * <p>On Linux the kernel tells ({@link Netlink}); elsewhere, and where that fails, the interfaces
 * are looked at every 2 s ({@link InterfacePoll}). Sleep is found by a gap in a tick of one second
 * ({@link TickGap}).
 *
 * <p>Thread-safe. One daemon thread, which opens what it needs by itself so that nobody waits for
 * it. Listeners are called on it and must not block.
 */
public final class NetworkWatch implements AutoCloseable {
  /** What happened. */
  public enum Change {
    /** An address, a route or an interface has come or gone. */
    ADDRESSES,
    /** The machine or the process was asleep for more than 3 s. */
    WOKE,
    /** Somebody says that it may be so. */
    ASKED
  }

  /** How changes are noticed. */
  enum Means {
    /** The thread has just begun. Then NETLINK or POLLING. */
    STARTING,
    /** At once, told by the kernel. Then POLLING if that breaks, or CLOSED. */
    NETLINK,
    /** Within 2 s. Then CLOSED. */
    POLLING,
    /** Not any more. */
    CLOSED
  }

  /** There is one for each stream of a client, and some for itself; more than this are a leak. */
  static final int MAX_LISTENERS = StreamClient.MOST_STREAMS + 64;

  /** Linking the system's calls takes a while, and would compete with the first connection. */
  private static final Duration FIRST_CONNECTION = Duration.ofMillis(400);

  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean closed;
  private volatile Means means = Means.STARTING;

  private NetworkWatch() {}

  /** Watches from now on. */
  public static NetworkWatch start() {
    NetworkWatch watch = new NetworkWatch();
    Thread.ofPlatform().daemon().name("network watch").start(watch::run);
    return watch;
  }

  /** A listener's place in the watch; closing it ends the calls, save one that may be under way. */
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /** Has {@code listener} hear of changes from now on. */
  public Listening listen(Consumer<Change> listener) {
    if (listeners.size() >= MAX_LISTENERS) {
      throw new IllegalStateException("More than " + MAX_LISTENERS + " listen to the network.");
    }
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  Means means() {
    return means;
  }

  /**
   * True if a connection from this local address can still work: the address belongs to an
   * interface of this machine.
   */
  static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException _) {
      return false;
    }
  }

  /** Ends the calls at once, and the thread within its tick of a second. */
  @Override
  public void close() {
    closed = true;
  }

  private void run() {
    LockSupport.parkNanos(FIRST_CONNECTION.toNanos());
    try (ChangeSource told = Netlink.open()) {
      means = Means.NETLINK;
      watch(told);
    } catch (IOException | LinkageError _) {
      // This system does not tell.
    }
    try (ChangeSource looks = new InterfacePoll()) {
      means = Means.POLLING;
      watch(looks);
    }
    means = Means.CLOSED;
  }

  /** Returns when the watch was closed, or the source is broken. */
  private void watch(ChangeSource source) {
    TickGap ticks = new TickGap(System.currentTimeMillis(), System.nanoTime());
    while (!closed) {
      ChangeSource.Signal signal = source.await();
      if (ticks.slept(System.currentTimeMillis(), System.nanoTime())) {
        tell(Change.WOKE);
      }
      switch (signal) {
        case QUIET -> {}
        case CHANGED -> tell(Change.ADDRESSES);
        case BROKEN -> {
          return;
        }
      }
    }
  }

  /** Tells all listeners, each of which must not block. */
  void tell(Change change) {
    for (Consumer<Change> listener : listeners) {
      if (!closed) {
        tell(listener, change);
      }
    }
  }

  /**
   * A listener's mistake is reported as its thread's end would be, and spares the other listeners.
   */
  private static void tell(Consumer<Change> listener, Change change) {
    try {
      listener.accept(change);
    } catch (RuntimeException e) {
      Thread self = Thread.currentThread();
      self.getUncaughtExceptionHandler().uncaughtException(self, e);
    }
  }
}
