package dev.holdfast.forward;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A server's bytes as a monitor hands them on.
 *
 * @param outlivesLinks whether the monitor's stream goes on when its links are lost
 */
record MonitoredStream(Duplex bytes, boolean outlivesLinks) implements Duplex {
  @Override
  public int read(ByteBuffer target) throws IOException {
    return bytes.read(target);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    bytes.write(source);
  }

  @Override
  public void offer(ByteBuffer source) throws IOException {
    bytes.offer(source);
  }

  @Override
  public int poll(ByteBuffer target) throws IOException {
    return bytes.poll(target);
  }

  @Override
  public boolean whenReadable(Runnable task) throws IOException {
    return bytes.whenReadable(task);
  }

  @Override
  public void shutdownOutput() throws IOException {
    bytes.shutdownOutput();
  }

  @Override
  public void close() {
    bytes.close();
  }

  @Override
  public SocketAddress localAddress() {
    return bytes.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return bytes.remoteAddress();
  }
}
