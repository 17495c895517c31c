package dev.holdfast.link;

import dev.holdfast.stream.Link;
import dev.holdfast.stream.Output;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection carrying a stream's link: reads, lets the link take frames apart, writes what
 * the link has to say, and wakes it when time has passed. Guarded by the stream's lock; events come
 * on the stream's loop, {@link #flush} from anywhere.
 */
final class LinkConnection implements Loop.Ready {
  /** How long a connection whose stream is over waits for the peer to close it first. */
  private static final long LINGER = 2_000_000_000L;

  private static final long NEVER = Long.MAX_VALUE;

  private final ResumableStream stream;
  private final SocketChannel channel;
  private final ByteBuffer first;
  private final Opening opening;
  private boolean opened;
  private @Nullable SelectionKey key;
  private final PartialFrame partial = new PartialFrame();
  private Loop.@Nullable Timer timer;
  private @Nullable OwnReader reader;
  private boolean blocked;
  private boolean suspected;
  private boolean failing;
  private boolean closed;
  private boolean lingering;

  LinkConnection(ResumableStream stream, SocketChannel channel, ByteBuffer first, Opening opening) {
    this.stream = stream;
    this.channel = channel;
    this.first = first;
    this.opening = opening;
    this.opened = opening instanceof Opening.Done;
  }

  /** The link, once the opening has come so far. */
  @Nullable Link link() {
    return opening.link();
  }

  /** Smoothed round-trip time of the link, 0 while unknown. */
  long rttNanos() {
    Link link = opening.link();
    return link == null ? 0 : link.rttNanos();
  }

  /** The connection itself, for its addresses. */
  SocketChannel channel() {
    return channel;
  }

  /** Whether the peer's opening is still awaited. */
  boolean isOpening() {
    return !opened;
  }

  /** Whether the peer has been silent for longer than it should since it was last heard. */
  boolean isSuspected() {
    return suspected;
  }

  /**
   * Something outside speaks against the connection: until the peer is heard again it is suspect.
   */
  void doubt() {
    suspected = true;
  }

  /** Gives the connection up for a reason seen from outside. On the loop. */
  void fail(String why) {
    lost(why);
  }

  /** Begins: on the loop, lock held. */
  void start(ByteBuffer early) {
    try {
      channel.configureBlocking(false);
      key = stream.loop.register(channel, SelectionKey.OP_READ, this);
    } catch (IOException e) {
      lost(e.toString());
      return;
    }
    if (early.hasRemaining()) {
      take(early, stream.loop.batch());
    }
    stream.flush();
  }

  @Override
  public void ready(SelectionKey ready) throws IOException {
    stream.lock.lock();
    try {
      if (ready.isValid() && ready.isWritable()) {
        blocked = false;
        ready.interestOpsAnd(~SelectionKey.OP_WRITE);
      }
      if (ready.isValid() && ready.isReadable()) {
        read(stream.loop.scratch(), stream.loop.batch());
      }
      stream.flush();
    } finally {
      stream.lock.unlock();
    }
  }

  /** A defect of ours costs the connection, not the stream: another may carry it. */
  @Override
  public void failed(Throwable why) {
    stream.locked(() -> lost("this side failed: " + why));
  }

  /**
   * Lends the input to a program's thread that waits with {@code selector}; false if that can't be
   * now.
   */
  boolean lend(OwnReader borrower, Selector selector) {
    Link link = opening.link();
    if (closed
        || lingering
        || failing
        || !opened
        || key == null
        || link == null
        || !link.wantsInput()) {
      return false;
    }
    try {
      channel.register(selector, SelectionKey.OP_READ);
    } catch (ClosedChannelException e) {
      return false;
    }
    reader = borrower;
    interests(link);
    return true;
  }

  /** The loop reads again. */
  void takeBack(Selector selector) {
    reader = null;
    SelectionKey borrowed = channel.keyFor(selector);
    if (borrowed != null) {
      borrowed.cancel();
    }
    if (!closed) {
      interests(opening.link());
    }
  }

  /**
   * Reads once and lets the link take apart what came. On the loop, or the thread that borrowed the
   * input.
   *
   * @param scratch an empty buffer of {@link Loop#SCRATCH} bytes
   * @param batch an empty one
   */
  void read(ByteBuffer scratch, Batch batch) {
    int had = partial.size();
    ByteBuffer input;
    try {
      input = partial.read(channel, scratch.clear());
    } catch (IOException e) {
      failed(reason(e));
      return;
    }
    if (input == null) {
      ended();
      failed("the peer closed the connection");
      return;
    }
    boolean isFresh = input.remaining() > had;
    take(input, batch);
    if (isFresh && !isSilent()) {
      suspected = false;
    }
  }

  private void ended() {
    Link link = opening.link();
    if (link != null) {
      link.connectionEnded();
    }
  }

  /** Takes frames apart; what is left is the beginning of one. */
  private void take(ByteBuffer input, Batch batch) {
    long now = Loop.now();
    try {
      opened = opened || opening.receive(input, now);
      Link link = opening.link();
      if (opened && link != null) {
        receive(link, input, batch, now);
      }
      if (!closed && !partial.keep(input)) {
        failed("the peer sent a frame that is too long");
      }
    } catch (ProtocolException e) {
      failed(String.valueOf(e.getMessage()));
    }
  }

  private void receive(Link link, ByteBuffer input, Batch batch, long now)
      throws ProtocolException {
    try {
      for (ByteBuffer data = link.receive(input, now);
          data != null;
          data = link.receive(input, now)) {
        stream.arrived(data, batch);
      }
    } finally {
      stream.deliver(batch);
    }
  }

  /** Writes what there is to say until the connection takes no more. Any thread, lock held. */
  void flush() {
    if (closed || key == null) {
      return;
    }
    try {
      long now = Loop.now();
      while (!blocked && writeSome(now)) {
        // As long as there is something and the connection takes it.
      }
      Link link = opening.link();
      interests(link);
      if (link != null && link.isOver() && !blocked) {
        linger();
      } else if (link != null) {
        schedule(link, now);
      }
    } catch (IOException e) {
      failed(reason(e));
    }
  }

  private void interests(@Nullable Link link) {
    boolean wants = reader == null && (link == null || link.wantsInput() || lingering);
    int interests = (wants ? SelectionKey.OP_READ : 0) | (blocked ? SelectionKey.OP_WRITE : 0);
    SelectionKey mine = key;
    if (mine != null && mine.interestOps() != interests) {
      mine.interestOps(interests);
      stream.loop.wake();
    }
  }

  /** Returns whether there may be more to write. */
  private boolean writeSome(long now) throws IOException {
    if (first.hasRemaining()) {
      channel.write(first);
      blocked = first.hasRemaining();
      return !blocked;
    }
    Link link = opening.link();
    Output output = link == null ? null : link.transmit(now);
    if (link == null || output == null || output.isEmpty()) {
      return false;
    }
    channel.write(output.buffers(), output.offset(), output.length());
    link.wrote(now);
    blocked = !output.isEmpty();
    return !blocked;
  }

  /**
   * One timer a connection: it may fire early and look again, so it is rarely replaced. Lock held.
   */
  private void schedule(Link link, long now) {
    long due = Math.min(link.wakeAt(), suspected ? NEVER : link.suspectAt());
    if (due == NEVER || (timer != null && timer.at() <= due)) {
      return;
    }
    if (!stream.loop.isCurrent()) {
      soon(this::wakeUp);
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    timer = stream.loop.at(Math.max(due, now), () -> stream.locked(this::onTimer));
  }

  private void onTimer() {
    timer = null;
    wakeUp();
  }

  /**
   * What is due is done. Before a peer is called silent the kernel is asked: a busy loop may have
   * overheard it.
   */
  private void wakeUp() {
    if (closed) {
      return;
    }
    if (!suspected && isSilent()) {
      read(stream.loop.scratch(), stream.loop.batch());
      if (!closed && isSilent()) {
        suspected = true;
        stream.suspect(this);
      }
    }
    stream.flush();
  }

  /** Does {@code action} on the loop, lock held. */
  private void soon(Runnable action) {
    stream.loop.execute(() -> stream.locked(action));
  }

  private boolean isSilent() {
    Link link = opening.link();
    return link != null && Loop.now() >= link.suspectAt();
  }

  /** Whether the last word was written. */
  boolean isSaid() {
    return lingering || closed;
  }

  /**
   * The stream is over: lets the peer close first, so that our last bytes are not lost to a reset.
   */
  private void linger() throws IOException {
    if (lingering) {
      return;
    }
    lingering = true;
    channel.shutdownOutput();
    Runnable end = () -> stream.locked(() -> lost("the peer did not close the connection"));
    soon(() -> {
      if (timer != null) {
        timer.cancel();
      }
      timer = stream.loop.at(Loop.now() + LINGER, end);
    });
  }

  /** The connection failed, perhaps not on the loop. */
  private void failed(String why) {
    failing = true;
    if (reader != null) {
      reader.hear();
    }
    if (stream.loop.isCurrent()) {
      lost(why);
    } else {
      soon(() -> lost(why));
    }
  }

  private void lost(String why) {
    if (!closed) {
      close();
      stream.lost(this, why);
    }
  }

  /** Another connection carries the stream now. */
  void abandon() {
    close();
    leaveEndpoint();
  }

  /** The endpoint is to wait for another link. */
  void leaveEndpoint() {
    Link link = opening.link();
    if (link != null) {
      stream.endpoint.detach(link);
    }
  }

  private void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
    Loop.closeQuietly(channel);
    if (reader != null) {
      reader.closed();
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
