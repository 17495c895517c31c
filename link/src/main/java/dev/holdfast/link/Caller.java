package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import jdk.net.ExtendedSocketOptions;

/**
 * A connection at a gate's {@link Entrance}, or one made for it: spoken with by blocking calls,
 * until it is joined with another or becomes a program's. Confined to one thread at a time.
 */
public final class Caller implements Closeable {
  /** Bytes that are read ahead: a hello, and what may follow it in the same flight. */
  static final int MOST_READ = 32 * 1024;

  private static final int PIECE = 8 * 1024;

  /** A peer that is gone without a word is noticed after two minutes. */
  private static final int KEEPALIVE_SECONDS = 60;

  private static final int KEEPALIVE_PAUSE_SECONDS = 15;
  private static final int KEEPALIVE_PROBES = 4;

  private final SocketChannel channel;
  private byte[] received;

  /** Over a blocking channel of which {@code received} was read already. */
  Caller(SocketChannel channel, byte[] received) {
    this.channel = channel;
    this.received = received;
  }

  /** One that this process has dialled. */
  public static Caller of(SocketChannel channel) throws IOException {
    channel.configureBlocking(true);
    return new Caller(channel, new byte[0]);
  }

  /** Where it comes from, by a believed balancer's word if there is one. */
  public InetSocketAddress from() {
    SocketAddress address = Addresses.remote(channel);
    return address instanceof InetSocketAddress inet ? inet : new InetSocketAddress(0);
  }

  /** What was read of it and not yet {@link #took}, from its position on. */
  public ByteBuffer received() {
    return ByteBuffer.wrap(received);
  }

  /** The bytes of {@link #received} up to the position of {@code read} are done with. */
  public void took(ByteBuffer read) {
    received = Arrays.copyOfRange(received, read.position(), received.length);
  }

  /**
   * Waits for more bytes.
   *
   * @param untilNanos by {@link System#nanoTime}
   * @throws IOException if none came until then, or the connection has ended
   */
  public void await(long untilNanos) throws IOException {
    long left = (untilNanos - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("nothing came in time");
    }
    if (received.length >= MOST_READ) {
      throw new IOException("more came than there is room for");
    }
    try {
      channel.socket().setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
      byte[] piece = new byte[PIECE];
      int bytes = channel.socket().getInputStream().read(piece);
      if (bytes < 0) {
        throw new IOException("the connection has ended");
      }
      append(ByteBuffer.wrap(piece, 0, bytes));
    } finally {
      channel.socket().setSoTimeout(0);
    }
  }

  /**
   * Whether its peer has hung up, so that nothing need be done for it any more. What it has said
   * meanwhile is kept.
   */
  public boolean isGone() throws IOException {
    channel.configureBlocking(false);
    try {
      ByteBuffer more = ByteBuffer.allocate(Math.min(PIECE, MOST_READ - received.length));
      int bytes = more.hasRemaining() ? channel.read(more) : 0;
      append(more.flip());
      return bytes < 0;
    } finally {
      channel.configureBlocking(true);
    }
  }

  private void append(ByteBuffer more) {
    int had = received.length;
    received = Arrays.copyOf(received, had + more.remaining());
    more.get(received, had, more.remaining());
  }

  /** Says something. */
  public void write(byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  /** Says something, and that no more will come; the connection is closed then. */
  public void leave(byte[] lastWords) {
    try {
      write(lastWords);
      channel.shutdownOutput();
    } catch (IOException e) {
      // It went before it could be told.
    }
    close();
  }

  /** The connection as a program has it; this object is done with. */
  public Duplex duplex() {
    return new PlainDuplex(channel, ByteBuffer.wrap(received));
  }

  /**
   * Gives it to another process of this user, with what was read of it; here it is closed, which
   * the peer does not notice.
   */
  public void moveTo(DescriptorSocket to, Duration within) throws IOException {
    try (this;
        Descriptor copy = Descriptor.copyOf(channel)) {
      to.send(ByteBuffer.wrap(received), List.of(copy), within);
    }
  }

  /** One that another process has given by {@link #moveTo}. */
  public static Caller moved(DescriptorSocket.Message message) throws IOException {
    if (message.descriptors().size() != 1 || message.body().remaining() > MOST_READ) {
      throw new IOException("The other process did not send one connection.");
    }
    SocketChannel channel = message.descriptors().getFirst().toConnection();
    channel.configureBlocking(true);
    byte[] received = new byte[message.body().remaining()];
    message.body().get(received);
    return new Caller(channel, received);
  }

  /** The connection itself, for whoever joins it. */
  SocketChannel channel() {
    return channel;
  }

  /** Has the kernel look whether the peer is there while nothing is said. */
  void keepAlive() throws IOException {
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_SECONDS);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_PAUSE_SECONDS);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_PROBES);
    }
  }

  /** Whether the peer has hung up, as far as is known without waiting. */
  public boolean hasLeft() {
    return !channel.isOpen();
  }

  /** How long a stranger may take for one step. */
  public static long deadline(Duration within) {
    return System.nanoTime() + within.toNanos();
  }

  @Override
  public void close() {
    Loop.closeQuietly(channel);
  }
}
