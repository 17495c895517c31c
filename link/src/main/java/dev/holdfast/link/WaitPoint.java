package dev.holdfast.link;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The one place where a dial waits: for its sockets, for time, for an answer of the resolver, for
 * being called off. So whatever ends the wait ends it at once.
 *
 * <p>Confined to the dialling thread, except {@link #wake}. On a virtual thread the wait parks it
 * and holds no carrier.
 */
final class WaitPoint implements AutoCloseable {
  private final Selector selector;
  private final BooleanSupplier cancelled;

  private WaitPoint(Selector selector, BooleanSupplier cancelled) {
    this.selector = selector;
    this.cancelled = cancelled;
  }

  static WaitPoint open(BooleanSupplier cancelled) throws DialException {
    try {
      return new WaitPoint(Selector.open(), cancelled);
    } catch (IOException e) {
      throw new DialException(new DialFailure.NoSocket("no descriptor is left"), e);
    }
  }

  /** Ends a wait under way, or the next one. Any thread may call it. */
  void wake() {
    selector.wakeup();
  }

  /** Watches the channel; the key carries the time of this call, in nanoseconds. */
  SelectionKey register(SocketChannel channel, int interest) throws IOException {
    return channel.register(selector, interest, System.nanoTime());
  }

  /** Changes what the channel, registered here, is watched for. */
  void watch(SocketChannel channel, int interest) {
    channel.keyFor(selector).interestOps(interest);
  }

  /**
   * Waits until something happened or {@code untilNanos} of {@link System#nanoTime}; returns the
   * keys that are ready, to be cleared.
   */
  Set<SelectionKey> await(long untilNanos) throws DialException {
    checkWanted();
    long left = untilNanos - System.nanoTime();
    try {
      if (left > 0) {
        selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
      } else {
        selector.selectNow();
      }
    } catch (IOException e) {
      throw new DialException(new DialFailure.NoSocket("waiting for sockets failed"), e);
    }
    checkWanted();
    return selector.selectedKeys();
  }

  /** Fails if the dial was called off. */
  void checkWanted() throws DialException {
    if (cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new DialException(new DialFailure.Cancelled());
    }
  }

  /** Lets go of all sockets without closing them. */
  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException _) {
      // They are let go of all the same.
    }
  }
}
