package dev.holdfast.link;

import dev.holdfast.stream.End;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A stream as a program sees it. A write goes from the program's thread straight to the connection;
 * bytes that arrive while a read waits go straight into the reader's buffer. Thread-safe.
 */
final class StreamDuplex implements Duplex, Local {
  private final ResumableStream stream;
  private final Condition changed;
  private @Nullable ByteBuffer reader;
  private boolean readerFed;
  private @Nullable End early;
  private @Nullable OwnReader own;
  private boolean over;
  private boolean closed;

  StreamDuplex(ResumableStream stream) {
    this.stream = stream;
    this.changed = stream.lock.newCondition();
  }

  // ---- the program's side ----

  @Override
  public int read(ByteBuffer target) throws IOException {
    stream.lock.lock();
    try {
      int start = target.position();
      readerFed = false;
      while (target.position() == start && target.hasRemaining()) {
        if (takeWaiting(target) > 0) {
          break;
        }
        if (stream.endpoint.inputEnded()) {
          return -1;
        }
        checkLives();
        reader = target;
        awaitInput();
        reader = null;
      }
      return target.position() - start;
    } finally {
      reader = null;
      stream.lock.unlock();
    }
  }

  private int takeWaiting(ByteBuffer target) {
    int taken = 0;
    for (ByteBuffer data = stream.endpoint.readable();
        data != null && target.hasRemaining();
        data = stream.endpoint.readable()) {
      int bytes = Math.min(data.remaining(), target.remaining());
      target.put(data.limit(data.position() + bytes));
      stream.endpoint.consume(bytes);
      taken += bytes;
    }
    if (taken > 0) {
      stream.flush();
    }
    return taken;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    stream.lock.lock();
    try {
      while (source.hasRemaining()) {
        checkLives();
        if (stream.endpoint.isFinished()) {
          throw new IOException("The output was shut down.");
        }
        int had = source.remaining();
        stream.endpoint.write(source);
        stream.flush();
        if (source.remaining() == had) {
          if (own != null) {
            own.hear();
          }
          await();
        }
      }
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public void offer(ByteBuffer source) throws IOException {
    stream.lock.lock();
    try {
      int had;
      do {
        checkLives();
        if (stream.endpoint.isFinished()) {
          throw new IOException("The output was shut down.");
        }
        had = source.remaining();
        stream.endpoint.write(source);
        stream.flush();
      } while (source.hasRemaining() && source.remaining() < had);
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public void shutdownOutput() {
    stream.lock.lock();
    try {
      stream.endpoint.finish();
      stream.flush();
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public void close() {
    stream.lock.lock();
    try {
      if (!closed) {
        closed = true;
        changed();
        endOwn();
        stream.leave();
      }
    } finally {
      stream.lock.unlock();
    }
  }

  /** Waits until the stream is over, for at most {@code nanos}; tells whether it is. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    stream.lock.lock();
    try {
      long left = nanos;
      while (!over && left > 0) {
        left = changed.awaitNanos(left);
      }
      return over;
    } finally {
      stream.lock.unlock();
    }
  }

  private void checkLives() throws IOException {
    if (closed) {
      throw new IOException("The stream is closed.");
    }
    if (early != null) {
      throw new StreamEndedException(early);
    }
  }

  /** Waits for a change, at the connection itself where this thread may. */
  private void awaitInput() throws IOException {
    if (Thread.currentThread().isVirtual()) {
      await();
      return;
    }
    if (own == null) {
      own = new OwnReader(stream);
    }
    if (!own.await()) {
      await();
    } else if (Thread.currentThread().isInterrupted()) {
      throw new IOException("interrupted");
    }
  }

  /** Whoever waits is to look again. */
  private void changed() {
    changed.signalAll();
    if (own != null) {
      own.wake();
    }
  }

  private void endOwn() {
    if (own != null) {
      own.end();
    }
  }

  /** Waits for a change; the caller looks again whatever the reason it wakes up for. */
  @SuppressWarnings("WaitNotInLoop")
  private void await() throws IOException {
    try {
      changed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  // ---- the stream's side ----

  @Override
  public void deliver(Batch data) {
    if (closed) {
      data.skip();
      return;
    }
    ByteBuffer target = reader;
    if (target == null || !target.hasRemaining()) {
      changed();
      return;
    }
    for (int i = 0; i < data.count() && target.hasRemaining(); i++) {
      ByteBuffer piece = data.pieces()[i];
      int bytes = Math.min(piece.remaining(), target.remaining());
      target.put(piece.slice(piece.position(), bytes));
      piece.position(piece.position() + bytes);
    }
    if (!readerFed) {
      readerFed = true;
      changed();
    }
  }

  @Override
  public void inputEnded() {
    changed();
  }

  @Override
  public void writable() {
    changed();
  }

  @Override
  public void ended(@Nullable End why) {
    early = why;
    over = true;
    changed();
    endOwn();
  }

  @Override
  public boolean outlivesLinks() {
    return true;
  }

  @Override
  public SocketAddress localAddress() {
    return address(true);
  }

  @Override
  public SocketAddress remoteAddress() {
    return address(false);
  }

  private SocketAddress address(boolean isLocal) {
    LinkConnection connection = stream.connection();
    try {
      SocketAddress address =
          connection == null
              ? null
              : isLocal
                  ? connection.channel().getLocalAddress()
                  : Addresses.remote(connection.channel());
      return address == null ? new InetSocketAddress(0) : address;
    } catch (IOException e) {
      return new InetSocketAddress(0);
    }
  }
}
