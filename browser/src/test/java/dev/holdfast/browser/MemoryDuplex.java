package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A stream whose other end has said all it will. */
final class MemoryDuplex implements Duplex {
  private final ByteBuffer input;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  MemoryDuplex(byte[] input) {
    this.input = ByteBuffer.wrap(input);
  }

  byte[] output() {
    return output.toByteArray();
  }

  @Override
  public int read(ByteBuffer target) {
    if (!input.hasRemaining()) {
      return -1;
    }
    int count = Math.min(input.remaining(), target.remaining());
    target.put(input.slice(input.position(), count));
    input.position(input.position() + count);
    return count;
  }

  @Override
  public void write(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    output.writeBytes(bytes);
  }

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {}

  @Override
  public SocketAddress localAddress() {
    return new InetSocketAddress(0);
  }

  @Override
  public SocketAddress remoteAddress() {
    return new InetSocketAddress(0);
  }
}
