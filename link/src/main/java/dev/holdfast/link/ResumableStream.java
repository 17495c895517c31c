package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.End;
import dev.holdfast.stream.Endpoint;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A stream at work: its endpoint, the connection that carries it at the moment, its near side, and
 * whoever cares for its links (a gate waits for them, a client makes them).
 *
 * <p>{@link #lock} guards the endpoint and everything reached from here. The loop holds it while it
 * moves bytes; programs that read and write from their own threads hold it for a moment. Socket
 * writes happen under it, which is safe because they never block, and spares a key press the way
 * over another thread.
 */
final class ResumableStream {
  /**
   * How long a peer may take to finish after a program that has gone away had everything delivered.
   */
  private static final long LEAVE_PATIENCE = 1_000_000_000L;

  /** Guards this stream. */
  final ReentrantLock lock = new ReentrantLock();

  final Endpoint endpoint;
  final Chunks chunks;
  final Loop loop;
  private final Keeper keeper;
  private @Nullable Local local;
  private @Nullable LinkConnection connection;
  private boolean inputEndTold;
  private volatile boolean over;
  private boolean wasWritable = true;
  private boolean leaving;
  private boolean leftTimed;

  /** Whoever cares for a stream's links. Called on the loop with the lock held. */
  interface Keeper {
    /** The connection is gone. The stream needs another. */
    void lost(String why);

    /** The peer is silent for longer than it should be. */
    void suspect();

    /** The stream is over; nothing more will happen. */
    void over(@Nullable End early);
  }

  ResumableStream(Loop loop, Chunks chunks, Endpoint endpoint, Keeper keeper) {
    this.loop = loop;
    this.chunks = chunks;
    this.endpoint = endpoint;
    this.keeper = keeper;
  }

  /** Does {@code action} with the lock held. */
  void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Gives the stream its near side; once. */
  void local(Local newLocal) {
    local = newLocal;
  }

  /** The connection that carries the stream at the moment. */
  @Nullable LinkConnection connection() {
    return connection;
  }

  /**
   * Lets {@code channel} carry the stream. A former connection is closed.
   *
   * @param first bytes to send before the link's: a hello or an answer
   * @param opening what the peer has to say before frames, and the link that comes of it
   * @param early bytes already received behind the opening
   */
  LinkConnection carry(SocketChannel channel, ByteBuffer first, Opening opening, ByteBuffer early) {
    LinkConnection former = connection;
    LinkConnection next = new LinkConnection(this, channel, first, opening);
    connection = next;
    if (former != null) {
      former.abandon();
    }
    next.start(early);
    return next;
  }

  /** Sends what the near side has written, and looks what has changed. */
  void flush() {
    if (connection != null) {
      connection.flush();
    }
    look();
  }

  /**
   * The near side goes away: what it wrote is still delivered, what comes is dropped. If the peer
   * has not finished a moment after it has everything, the stream is reset.
   */
  void leave() {
    leaving = true;
    endpoint.finish();
    drain();
    flush();
  }

  private void checkLeft() {
    if (leaving && !leftTimed && endpoint.isFlushed() && endpoint.end().isEmpty()) {
      leftTimed = true;
      loop.execute(() -> loop.at(Loop.now() + LEAVE_PATIENCE, () -> locked(this::resetIfLeft)));
    }
  }

  private void resetIfLeft() {
    if (!over) {
      reset(new End(End.Reason.CLOSED, "The program at the other side is gone."));
    }
  }

  /** Ends the stream early. */
  void reset(End why) {
    endpoint.reset(why);
    flush();
  }

  /** Ends the stream here and now: the peer is not waited for. */
  void abandon(End why) {
    endpoint.reset(why);
    if (connection != null) {
      connection.fail(why.text());
    }
    look();
  }

  /**
   * Bytes from the peer are here; {@link #deliver} follows when the batch is full or no more came.
   */
  void arrived(ByteBuffer data, Batch batch) {
    batch.add(data.slice());
    endpoint.keep(data.position(data.limit()));
    if (batch.isFull()) {
      deliver(batch);
    }
  }

  /** Hands a batch of bytes that have just arrived to the near side. */
  void deliver(Batch batch) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      if (local != null) {
        local.deliver(batch);
      }
    } finally {
      endpoint.putBack(batch.rest());
      batch.clear();
    }
  }

  /** Offers waiting bytes to the near side: it has room again. */
  void drain() {
    Local target = local;
    if (target == null) {
      return;
    }
    Batch batch = new Batch();
    for (ByteBuffer data = endpoint.readable(); data != null; data = endpoint.readable()) {
      int had = data.remaining();
      batch.add(data);
      target.deliver(batch);
      batch.clear();
      int taken = had - data.remaining();
      if (taken == 0) {
        break;
      }
      endpoint.consume(taken);
    }
    flush();
  }

  /** Tells the near side and the keeper what has changed. */
  void look() {
    Local target = local;
    if (over || target == null) {
      return;
    }
    boolean early = endpoint.end().isPresent();
    if (!early && !inputEndTold && endpoint.inputEnded()) {
      inputEndTold = true;
      target.inputEnded();
    }
    boolean writable = endpoint.writable() > 0;
    if (writable && !wasWritable) {
      wasWritable = true;
      target.writable();
    } else {
      wasWritable = writable;
    }
    checkLeft();
    if (early || endpoint.isComplete()) {
      finishIfSaid();
    }
  }

  /** The stream is over here once the peer has been told, or needs no telling. */
  private void finishIfSaid() {
    boolean waits =
        endpoint.end().isPresent()
            && endpoint.endIsOurs()
            && connection != null
            && !connection.isSaid();
    if (!waits && !over) {
      over = true;
      End early = endpoint.end().orElse(null);
      if (local != null) {
        local.ended(early);
      }
      keeper.over(early);
    }
  }

  /** The connection was lost. Called by it, on the loop. */
  void lost(LinkConnection lost, String why) {
    if (connection != lost) {
      return;
    }
    connection = null;
    lost.leaveEndpoint();
    look();
    if (!over && !endpoint.isSettled()) {
      keeper.lost(why);
    }
  }

  /** The connection's peer is silent. */
  void suspect(LinkConnection silent) {
    if (connection == silent && !over) {
      keeper.suspect();
    }
  }

  /** Whether the stream is over on this side. */
  boolean isOver() {
    return over;
  }
}
