package dev.holdfast.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection through a {@link DelayRelay}: two sockets and a {@link Flight} for each direction.
 *
 * <p>Four platform threads: one reads and one writes for each direction, so that reading never
 * waits for a delayed write. What is modelled of TCP is said at {@link DelayRelay}.
 */
final class DelayedLink {
  private static final int GATHER_MAX = 16;

  /** Linux wakes a thread about so much later than asked (its default timer slack). */
  private static final long SLACK_NANOS = 50_000;

  /** A sleeping thread looks up this often to see whether its link was closed. */
  private static final long LOOK_UP_NANOS = 250_000_000;

  private static final long STACK_BYTES = 128 << 10;

  private final SocketChannel near;
  private final InetSocketAddress to;
  private final DelayRelay.Shape shape;
  private final Weather weather;
  private final Flight up;
  private final Flight down;
  private final long establishedNanos;
  private final AtomicInteger finished = new AtomicInteger();
  private volatile @Nullable SocketChannel far;
  private volatile boolean broken;
  private volatile boolean stalled;
  private volatile boolean closed;

  /** Takes an accepted connection over; {@link #start} lets it live. */
  DelayedLink(
      SocketChannel near,
      InetSocketAddress to,
      DelayRelay.Shape shape,
      Weather weather,
      Segments segments) {
    this.near = near;
    this.to = to;
    this.shape = shape;
    this.weather = weather;
    this.up = new Flight(shape.bytesMax(), segments);
    this.down = new Flight(shape.bytesMax(), segments);
    this.establishedNanos = System.nanoTime() + 2 * shape.oneWayNanos();
  }

  void start() {
    thread("delay up, reading", () -> depart(near, up));
    thread("delay up, writing", this::dial);
  }

  /** Cuts it as a reset from a box on the way does, at both ends at once. */
  void reset() {
    closed = true;
    abort(near);
    SocketChannel dialled = far;
    if (dialled != null) {
      abort(dialled);
    }
    up.close();
    down.close();
  }

  /** Stalls it for good: both ends stay open and never hear of each other again. */
  void stall() {
    stalled = true;
  }

  boolean isClosed() {
    return closed;
  }

  private void dial() {
    long arrives = establishedNanos + shape.oneWayNanos();
    try {
      if (!passes(arrives)) {
        return;
      }
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SocketChannel dialled = SocketChannel.open(to);
      dialled.setOption(StandardSocketOptions.TCP_NODELAY, true);
      far = dialled;
      if (closed) {
        abort(dialled);
        return;
      }
      thread("delay down, reading", () -> depart(dialled, down));
      thread("delay down, writing", () -> deliver(down, near));
      deliver(up, dialled);
    } catch (IOException | InterruptedException e) {
      reset();
    }
  }

  private void depart(SocketChannel from, Flight flight) {
    try {
      ByteBuffer room = flight.room();
      while (room != null) {
        int count = from.read(room);
        if (count < 0) {
          break;
        }
        if (!stalled) {
          flight.depart(count, dueNanos());
        }
        room = flight.room();
      }
    } catch (IOException e) {
      broken = true;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the threads of a delayed link", e);
    }
    flight.end(dueNanos());
  }

  /**
   * Returns when what departs now arrives: nothing departs before the connection is established.
   */
  private long dueNanos() {
    return Math.max(System.nanoTime(), establishedNanos) + shape.oneWayNanos();
  }

  private void deliver(Flight flight, SocketChannel into) {
    try {
      ByteBuffer[] buffers = new ByteBuffer[GATHER_MAX];
      for (long due = flight.next(); due >= 0; due = flight.next()) {
        if (!passes(due)) {
          return;
        }
        int count = flight.due(System.nanoTime() + SLACK_NANOS, buffers);
        flight.arrive(write(into, buffers, count));
      }
      if (!closed && passes(flight.endNanos())) {
        deliverEnd(into);
      }
    } catch (IOException | InterruptedException e) {
      reset();
    }
  }

  private static long write(SocketChannel into, ByteBuffer[] buffers, int count)
      throws IOException {
    long bytes = 0;
    while (count > 0 && buffers[count - 1].hasRemaining()) {
      bytes += into.write(buffers, 0, count);
    }
    return bytes;
  }

  private void deliverEnd(SocketChannel into) throws IOException {
    if (broken) {
      reset();
      return;
    }
    into.shutdownOutput();
    if (finished.incrementAndGet() == 2) {
      close();
    }
  }

  /** Waits until what is due then has arrived; false if it never does. */
  private boolean passes(long dueNanos) throws InterruptedException {
    sleepUntil(dueNanos);
    while (weather.isSilent() && !closed) {
      long cleared = weather.awaitClear();
      long sent = dueNanos - shape.oneWayNanos();
      long again = Retransmission.atOrAfter(cleared, sent, 2 * shape.oneWayNanos());
      sleepUntil(again + shape.oneWayNanos());
    }
    return !stalled && !closed;
  }

  private void sleepUntil(long nanos) {
    long left = nanos - System.nanoTime();
    while (left > SLACK_NANOS && !closed) {
      LockSupport.parkNanos(Math.min(left - SLACK_NANOS, LOOK_UP_NANOS));
      left = nanos - System.nanoTime();
    }
  }

  private void close() throws IOException {
    closed = true;
    near.close();
    SocketChannel dialled = far;
    if (dialled != null) {
      dialled.close();
    }
  }

  private static void abort(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  private static void thread(String name, Runnable run) {
    Thread.ofPlatform().name(name).daemon().stackSize(STACK_BYTES).start(run);
  }
}
