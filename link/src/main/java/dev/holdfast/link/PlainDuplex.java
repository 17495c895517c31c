package dev.holdfast.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server that knows no resumption: what it received before we knew comes first.
 */
final class PlainDuplex implements Duplex {
  private final SocketChannel channel;
  private final ByteBuffer received;
  private final Consumer<PlainDuplex> closed;
  private final AtomicLong up = new AtomicLong();
  private final AtomicLong down = new AtomicLong();
  private final @Nullable QuickSocket quick;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * Over a blocking channel.
   *
   * @param received bytes already read
   */
  PlainDuplex(SocketChannel channel, ByteBuffer received) {
    this(channel, received, it -> {});
  }

  /** The same; {@code closed} is told once. */
  PlainDuplex(SocketChannel channel, ByteBuffer received, Consumer<PlainDuplex> closed) {
    this.channel = channel;
    this.received = received;
    this.closed = closed;
    quick = QuickSocket.of(channel);
  }

  /** Bytes read so far. */
  long up() {
    return up.get();
  }

  /** Bytes written so far. */
  long down() {
    return down.get();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (received.hasRemaining()) {
      return readReceived(target);
    }
    int bytes = channel.read(target);
    up.addAndGet(Math.max(bytes, 0));
    return bytes;
  }

  private int readReceived(ByteBuffer target) {
    int bytes = Math.min(received.remaining(), target.remaining());
    target.put(received.slice(received.position(), bytes));
    received.position(received.position() + bytes);
    up.addAndGet(bytes);
    return bytes;
  }

  @Override
  public int poll(ByteBuffer target) throws IOException {
    if (received.hasRemaining()) {
      return readReceived(target);
    }
    if (quick == null) {
      throw new UnsupportedOperationException();
    }
    int bytes = quick.read(target);
    up.addAndGet(Math.max(bytes, 0));
    return bytes;
  }

  @Override
  public boolean whenReadable(Runnable task) throws IOException {
    if (quick == null) {
      return false;
    }
    if (received.hasRemaining()) {
      Thread.ofVirtual().start(task);
    } else {
      quick.whenReadable(task);
    }
    return true;
  }

  @Override
  public void offer(ByteBuffer source) throws IOException {
    if (quick != null) {
      down.addAndGet(quick.write(source));
    }
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      down.addAndGet(channel.write(source));
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    if (quick != null) {
      quick.close();
    }
    Loop.closeQuietly(channel);
    if (over.compareAndSet(false, true)) {
      closed.accept(this);
    }
  }

  @Override
  public SocketAddress localAddress() {
    try {
      return orNowhere(channel.getLocalAddress());
    } catch (IOException e) {
      return orNowhere(null);
    }
  }

  @Override
  public SocketAddress remoteAddress() {
    return Addresses.remote(channel);
  }

  private static SocketAddress orNowhere(@Nullable SocketAddress address) {
    return address == null ? new InetSocketAddress(0) : address;
  }
}
