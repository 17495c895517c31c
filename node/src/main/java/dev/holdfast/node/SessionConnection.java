package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection over which {@link SessionMessage}s go both ways. Sending never waits: a virtual
 * thread writes what is queued. Reading is for one thread, the rest thread-safe.
 */
final class SessionConnection implements Closeable {
  /**
   * Most bytes that wait to be written: a window of keys, typed one by one. Who asks {@link
   * #hasRoom} stays far below.
   */
  static final int MOST_QUEUED = 4 * ClientEnd.WINDOW + 256 * 1024;

  /** Output is queued up to so many bytes. */
  static final int ROOM = 128 * 1024;

  private static final int AT_ONCE = 64 * 1024;

  private static final ScheduledExecutorService DEADLINES =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-session-deadlines").factory());

  private final SocketChannel channel;
  private final DataInputStream in;
  private final Runnable drained;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteQueue queue = new ByteQueue(MOST_QUEUED);
  private int consumed;
  private boolean finishing;
  private volatile boolean closed;

  /**
   * Over {@code channel}, which is blocking.
   *
   * @param drained called when something was written, so that there may be room
   */
  SessionConnection(SocketChannel channel, Runnable drained) {
    this.channel = channel;
    this.drained = drained;
    in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), AT_ONCE));
    Thread.ofVirtual().name("node-session-writer").start(this::writeAll);
  }

  /** Closes it after that time, unless cancelled. */
  ScheduledFuture<?> deadline(Duration time) {
    return DEADLINES.schedule(this::close, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * The next message.
   *
   * @throws EOFException if there is none any more
   */
  SessionMessage read() throws IOException {
    byte[] body = new byte[in.readUnsignedShort()];
    in.readFully(body);
    return SessionMessage.read(ByteBuffer.wrap(body));
  }

  /** Whether another portion of output should be queued now. */
  boolean hasRoom() {
    lock.lock();
    try {
      return queue.size() < ROOM;
    } finally {
      lock.unlock();
    }
  }

  /** Queues a message; a peer that lets more than the bound pile up is closed. */
  void send(SessionMessage message) {
    byte[] bytes = message.framed();
    lock.lock();
    try {
      if (finishing || closed) {
        return;
      }
      if (queue.size() + bytes.length > MOST_QUEUED) {
        close();
        return;
      }
      queue.add(bytes, 0, bytes.length);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Queues {@link SessionMessage.Consumed}, one for all that were not sent yet. */
  void consumed(int bytes) {
    lock.lock();
    try {
      consumed += bytes;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Closes when all that is queued has been written. */
  void finish() {
    lock.lock();
    try {
      finishing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void writeAll() {
    byte[] bytes = new byte[AT_ONCE];
    try {
      for (int count = next(bytes); count > 0; count = next(bytes)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        drained.run();
      }
    } catch (IOException e) {
      // The reader finds it closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /** Waits for bytes to write; 0 if there will be none. */
  private int next(byte[] target) throws InterruptedException, IOException {
    lock.lock();
    try {
      while (!closed && queue.size() == 0 && consumed == 0 && !finishing) {
        changed.await();
      }
      if (closed) {
        return 0;
      }
      if (consumed > 0) {
        byte[] told = new SessionMessage.Consumed(consumed).framed();
        consumed = 0;
        if (queue.size() + told.length <= MOST_QUEUED) {
          queue.add(told, 0, told.length);
        }
      }
      return queue.size() == 0
          ? 0
          : queue.drain((ring, offset, length) -> {
            int part = Math.min(length, target.length);
            System.arraycopy(ring, offset, target, 0, part);
            return part;
          });
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }
}
