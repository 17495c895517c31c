package dev.holdfast.cli;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A connection of which somebody wants to know when it is closed. */
record Named(Duplex connection, Runnable closed) implements Duplex {
  @Override
  public int read(ByteBuffer target) throws IOException {
    return connection.read(target);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    connection.write(source);
  }

  @Override
  public void shutdownOutput() throws IOException {
    connection.shutdownOutput();
  }

  @Override
  public void close() {
    connection.close();
    closed.run();
  }

  @Override
  public SocketAddress localAddress() {
    return connection.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return connection.remoteAddress();
  }
}
