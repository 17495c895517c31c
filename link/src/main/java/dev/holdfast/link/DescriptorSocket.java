package dev.holdfast.link;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A connection between two processes of one user, over which messages go: bytes, and descriptors
 * that are open in both processes afterwards. It is how a service hands its connections to the
 * process that replaces it.
 *
 * <pre>
 *   u32 length of the body, 0..BODY_MOST | u16 number of descriptors, 0..DESCRIPTORS_MOST | body
 * </pre>
 *
 * <p>The descriptors travel with the first byte of their message (SCM_RIGHTS), so a reader that
 * never reads beyond a message gets each with the message that it belongs to.
 *
 * <p>Both ends see whom they talk to: {@link Peer}. Calls block, on a virtual or a platform thread,
 * each no longer than it is told. A call that fails closes the connection, as nobody knows then
 * where the next message begins. Confined to one thread at a time. Linux only.
 */
public final class DescriptorSocket implements Closeable {
  /** Most bytes of a message's body. */
  public static final int BODY_MOST = 1024 * 1024;

  /** Most descriptors of a message. */
  public static final int DESCRIPTORS_MOST = SocketMessage.DESCRIPTORS_MOST;

  /** Longest time that a call may be told to wait. */
  public static final Duration WAIT_MOST = Duration.ofHours(1);

  /** Bytes given to the system in one call; a UNIX socket takes about 200 KiB at a time. */
  static final int TRANSFER = 128 * 1024;

  private static final int HEADER = Integer.BYTES + Short.BYTES;

  private final SocketChannel channel;
  private final int number;
  private final Peer peer;
  private final Selector selector;
  private final SelectionKey key;
  private final SocketMessage transfer = new SocketMessage(TRANSFER);

  private DescriptorSocket(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.number = Descriptor.numberOf(channel);
    this.peer = Peer.of(channel);
    int ownUser = Peer.ownUser();
    if (!peer.isTrustedBy(ownUser)) {
      throw new PeerRefusedException(peer, ownUser);
    }
    channel.configureBlocking(false);
    this.selector = Selector.open();
    this.key = channel.register(selector, 0);
  }

  /**
   * What came in one message.
   *
   * @param body the bytes
   * @param descriptors in the order in which they were sent; those that are neither closed nor made
   *     a channel when the message is closed are closed then
   */
  public record Message(ByteBuffer body, List<Descriptor> descriptors) implements Closeable {
    @Override
    public void close() {
      descriptors.forEach(Descriptor::close);
    }
  }

  /**
   * Connects to the process that has opened a {@link DescriptorListener} at {@code path}; does not
   * wait for it to accept.
   *
   * @throws ConnectException if nobody listens there, or too many wait to be accepted
   * @throws PeerRefusedException if a process of another user does
   */
  public static DescriptorSocket connect(Path path) throws IOException {
    Linux.require("Taking over connections");
    UnixDomainSocketAddress address = SocketDirectory.address(path);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // Non-blocking, a UNIX socket connects at once or, if too many wait for the listener, fails.
      channel.configureBlocking(false);
      channel.connect(address);
    } catch (SocketException e) {
      channel.close();
      throw nobody(path, e);
    }
    return of(channel);
  }

  private static ConnectException nobody(Path path, SocketException e) {
    ConnectException nobody =
        new ConnectException("No process answers at %s (%s).".formatted(path, e.getMessage()));
    nobody.initCause(e);
    return nobody;
  }

  /** The connection over {@code channel}, which is closed if the peer isn't trusted. */
  public static DescriptorSocket of(SocketChannel channel) throws IOException {
    try {
      return new DescriptorSocket(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Who is at the other end. */
  public Peer peer() {
    return peer;
  }

  /**
   * Sends a message; returns when the system has all of it. The descriptors stay open here, to be
   * closed by the caller.
   *
   * @throws SocketTimeoutException if that takes longer than {@code within}
   */
  public void send(ByteBuffer body, List<Descriptor> descriptors, Duration within)
      throws IOException {
    if (body.remaining() > BODY_MOST || descriptors.size() > DESCRIPTORS_MOST) {
      throw new IllegalArgumentException(
          body.remaining() + " bytes and " + descriptors.size() + " descriptors in one message");
    }
    long deadline = deadline(within);
    try {
      ByteBuffer out = transfer.bytes().clear();
      out.putInt(body.remaining()).putShort((short) descriptors.size());
      List<Descriptor> unsent = descriptors;
      do {
        move(body, out);
        out.flip();
        if (transfer.send(number, unsent) > 0) {
          unsent = List.of();
        } else {
          await(SelectionKey.OP_WRITE, deadline);
        }
        out.compact();
      } while (out.position() > 0 || body.hasRemaining());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void move(ByteBuffer from, ByteBuffer to) {
    int bytes = Math.min(from.remaining(), to.remaining());
    to.put(from.slice(from.position(), bytes));
    from.position(from.position() + bytes);
  }

  /**
   * Receives the next message, which the caller closes; empty if the other end has closed and sent
   * all that it began.
   *
   * @throws SocketTimeoutException if it isn't there in whole after {@code within}
   */
  public Optional<Message> receive(Duration within) throws IOException {
    long deadline = deadline(within);
    List<Descriptor> arrived = new ArrayList<>();
    try {
      ByteBuffer header = ByteBuffer.allocate(HEADER);
      if (!fill(header, arrived, deadline)) {
        return Optional.empty();
      }
      ByteBuffer body = ByteBuffer.allocate(announced(header.getInt(0)));
      int count = arrived.size();
      if (!fill(body, arrived, deadline)) {
        throw cutShort();
      }
      if (arrived.size() != count || count != header.getShort(Integer.BYTES)) {
        throw new IOException("The other process sent descriptors that it had not announced.");
      }
      return Optional.of(new Message(body.flip(), List.copyOf(arrived)));
    } catch (IOException | RuntimeException e) {
      arrived.forEach(Descriptor::close);
      close();
      throw e;
    }
  }

  /**
   * Waits until {@link #receive} would find a message or the end; false if there is neither after
   * {@code within}. The connection stays open then.
   */
  public boolean awaitMessage(Duration within) throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    long millis = Math.clamp(within.toMillis(), 1, WAIT_MOST.toMillis());
    return selector.select(_ -> {}, millis) > 0;
  }

  private static int announced(int bytes) throws IOException {
    if (bytes < 0 || bytes > BODY_MOST) {
      throw new IOException("The other process announced a message of " + bytes + " bytes.");
    }
    return bytes;
  }

  /** Fills {@code part}; false if the other end closed before its first byte. */
  private boolean fill(ByteBuffer part, List<Descriptor> arrived, long deadline)
      throws IOException {
    while (part.hasRemaining()) {
      ByteBuffer in = transfer.bytes().clear();
      in.limit(Math.min(part.remaining(), in.capacity()));
      switch (transfer.receive(number, arrived)) {
        case -1 -> {
          if (part.position() > 0) {
            throw cutShort();
          }
          return false;
        }
        case 0 -> await(SelectionKey.OP_READ, deadline);
        default -> part.put(in.flip());
      }
    }
    return true;
  }

  private static EOFException cutShort() {
    return new EOFException("The other process left within a message.");
  }

  private void await(int interest, long deadline) throws IOException {
    key.interestOps(interest);
    long nanos = deadline - System.nanoTime();
    if (nanos <= 0) {
      throw new SocketTimeoutException("The other process did not answer in time.");
    }
    selector.select(_ -> {}, nanos / 1_000_000 + 1);
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while waiting for the other process");
    }
  }

  private static long deadline(Duration within) {
    if (within.isNegative() || within.compareTo(WAIT_MOST) > 0) {
      throw new IllegalArgumentException("a wait of " + within);
    }
    return System.nanoTime() + within.toNanos();
  }

  /** Closes the connection; what was sent before still arrives. */
  @Override
  public void close() throws IOException {
    selector.close(); // first: a channel in a selector keeps its descriptor
    channel.close();
  }
}
