package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** An input and an output as one stream: a program's, or this process's own. */
final class StreamsDuplex implements Duplex {
  private static final int MOST_READ = 64 * 1024;

  private final InputStream in;
  private final OutputStream out;
  private final Runnable closing;

  /**
   * Of these.
   *
   * @param closing what closing it does, besides
   */
  StreamsDuplex(InputStream in, OutputStream out, Runnable closing) {
    this.in = in;
    this.out = out;
    this.closing = closing;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    byte[] bytes = new byte[Math.min(target.remaining(), MOST_READ)];
    int count = in.read(bytes);
    if (count > 0) {
      target.put(bytes, 0, count);
    }
    return count;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    out.write(bytes);
    out.flush();
  }

  @Override
  public void shutdownOutput() throws IOException {
    out.close();
  }

  @Override
  public void close() {
    closing.run();
    try {
      out.close();
    } catch (IOException e) {
      // Nobody reads it any more.
    }
  }

  @Override
  public SocketAddress localAddress() {
    return new InetSocketAddress(0);
  }

  @Override
  public SocketAddress remoteAddress() {
    return new InetSocketAddress(0);
  }
}
