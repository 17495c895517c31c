package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Two ends of a stream in memory: what one writes the other reads, each way through a bounded ring.
 */
final class Pipe {
  /** The ring's capacity where a test doesn't care. */
  static final int CAPACITY = 256 * 1024;

  final Duplex client;
  final Duplex server;
  private final Ring up;
  private final Ring down;

  Pipe() {
    this(CAPACITY);
  }

  Pipe(int capacity) {
    up = new Ring(capacity);
    down = new Ring(capacity);
    client = new End(down, up, address(40_000), address(22));
    server = new End(up, down, address(22), address(40_000));
  }

  /** Both ends fail at once, whatever is on the way. */
  void vanish() {
    up.fail();
    down.fail();
  }

  private static InetSocketAddress address(int port) {
    return InetSocketAddress.createUnresolved("pipe", port);
  }

  private record End(Ring in, Ring out, SocketAddress localAddress, SocketAddress remoteAddress)
      implements Duplex {
    @Override
    public int read(ByteBuffer target) throws IOException {
      return in.read(target);
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
      out.write(source);
    }

    @Override
    public void shutdownOutput() {
      out.end();
    }

    @Override
    public void close() {
      out.end();
      in.refuse();
    }
  }

  private static final class Ring {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] bytes;
    private int start;
    private int size;
    private boolean ended;
    private boolean refused;
    private boolean failed;

    Ring(int capacity) {
      bytes = new byte[capacity];
    }

    int read(ByteBuffer target) throws IOException {
      lock.lock();
      try {
        while (size == 0 && !ended && !refused && !failed) {
          changed.awaitUninterruptibly();
        }
        if (refused || failed) {
          throw new IOException(failed ? "vanished" : "closed");
        }
        if (size == 0) {
          return -1;
        }
        int count = Math.min(size, target.remaining());
        int first = Math.min(count, bytes.length - start);
        target.put(bytes, start, first).put(bytes, 0, count - first);
        start = (start + count) % bytes.length;
        size -= count;
        changed.signalAll();
        return count;
      } finally {
        lock.unlock();
      }
    }

    void write(ByteBuffer source) throws IOException {
      lock.lock();
      try {
        while (source.hasRemaining()) {
          while (size == bytes.length && !ended && !refused && !failed) {
            changed.awaitUninterruptibly();
          }
          if (ended || refused || failed) {
            throw new IOException(failed ? "vanished" : "closed");
          }
          put(source);
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    private void put(ByteBuffer source) {
      int count = Math.min(source.remaining(), bytes.length - size);
      int end = (start + size) % bytes.length;
      int first = Math.min(count, bytes.length - end);
      source.get(bytes, end, first).get(bytes, 0, count - first);
      size += count;
    }

    void end() {
      set(() -> ended = true);
    }

    void refuse() {
      set(() -> {
        refused = true;
        size = 0;
      });
    }

    void fail() {
      set(() -> failed = true);
    }

    private void set(Runnable change) {
      lock.lock();
      try {
        change.run();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
