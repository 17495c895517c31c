package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A stream whose reader can be held up, as if the link were away or the peer did not read. */
final class Tap implements Duplex {
  private final Duplex stream;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition opened = lock.newCondition();
  private boolean shut;

  Tap(Duplex stream) {
    this.stream = stream;
  }

  /** Reads that begin from now on wait. */
  void shut() {
    set(true);
  }

  /** Reads go on. */
  void open() {
    set(false);
  }

  private void set(boolean shut) {
    lock.lock();
    try {
      this.shut = shut;
      opened.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    lock.lock();
    try {
      while (shut) {
        opened.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    return stream.read(target);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    stream.write(source);
  }

  @Override
  public void shutdownOutput() throws IOException {
    stream.shutdownOutput();
  }

  @Override
  public void close() {
    open();
    stream.close();
  }

  @Override
  public SocketAddress localAddress() {
    return stream.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return stream.remoteAddress();
  }
}
