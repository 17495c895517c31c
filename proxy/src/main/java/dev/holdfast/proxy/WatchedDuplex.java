package dev.holdfast.proxy;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A connection of which somebody is told when it is closed. Thread-safe as the one inside. */
record WatchedDuplex(Duplex inner, Runnable closed) implements Duplex {
  @Override
  public int read(ByteBuffer target) throws IOException {
    return inner.read(target);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    inner.write(source);
  }

  @Override
  public void offer(ByteBuffer source) throws IOException {
    inner.offer(source);
  }

  @Override
  public int poll(ByteBuffer target) throws IOException {
    return inner.poll(target);
  }

  @Override
  public boolean whenReadable(Runnable task) throws IOException {
    return inner.whenReadable(task);
  }

  @Override
  public void shutdownOutput() throws IOException {
    inner.shutdownOutput();
  }

  @Override
  public void close() {
    inner.close();
    closed.run();
  }

  @Override
  public boolean outlivesLinks() {
    return inner.outlivesLinks();
  }

  @Override
  public SocketAddress localAddress() {
    return inner.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return inner.remoteAddress();
  }
}
