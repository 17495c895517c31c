package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A duplex whose first bytes were already said on the program's behalf, or received: what the
 * program writes first is compared with them and dropped, and it reads what was received before
 * anything else.
 */
final class SpokenDuplex implements Duplex {
  private final Duplex rest;
  private final ByteBuffer said;
  private final ByteBuffer heard;

  SpokenDuplex(Duplex rest, ByteBuffer said) {
    this(rest, said, ByteBuffer.allocate(0));
  }

  SpokenDuplex(Duplex rest, ByteBuffer said, ByteBuffer heard) {
    this.rest = rest;
    this.said = said;
    this.heard = heard;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!heard.hasRemaining()) {
      return rest.read(target);
    }
    int bytes = Math.min(heard.remaining(), target.remaining());
    target.put(heard.slice(heard.position(), bytes));
    heard.position(heard.position() + bytes);
    return bytes;
  }

  @Override
  public int poll(ByteBuffer target) throws IOException {
    return rest.poll(target);
  }

  /** Not while there is something that was received before: that is read without waiting. */
  @Override
  public boolean whenReadable(Runnable task) throws IOException {
    return !heard.hasRemaining() && rest.whenReadable(task);
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    dropSaid(source);
    if (source.hasRemaining()) {
      rest.write(source);
    }
  }

  @Override
  public void offer(ByteBuffer source) throws IOException {
    dropSaid(source);
    if (source.hasRemaining()) {
      rest.offer(source);
    }
  }

  private void dropSaid(ByteBuffer source) throws IOException {
    while (said.hasRemaining() && source.hasRemaining()) {
      if (said.get() != source.get()) {
        throw new IOException(
            "The program does not speak SSH as it seemed to: it begins with other bytes than were"
                + " said in its name.");
      }
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    rest.shutdownOutput();
  }

  @Override
  public void close() {
    rest.close();
  }

  @Override
  public boolean outlivesLinks() {
    return rest.outlivesLinks();
  }

  @Override
  public SocketAddress localAddress() {
    return rest.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return rest.remoteAddress();
  }
}
