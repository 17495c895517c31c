package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream: what outlives the links that carry it. It keeps every byte written by its
 * application until the peer has acknowledged it, and every byte received until its application
 * took it.
 *
 * <pre>
 *  outbox   acked ────────── sent ───────── written        kept: acked..written
 *  inbox    consumed ─────── received                      kept: consumed..received
 * </pre>
 *
 * <p>Offsets count the bytes of one direction since the stream began. The half-close of a direction
 * is one more position behind its last byte, acknowledged like a byte, so that it can't be lost
 * either.
 *
 * <p>An endpoint knows no wire format: a {@link Link} attached to it does, one at a time; attaching
 * another makes the former inert. No sockets, threads or clocks. Confined to one thread at a time
 * (caller locks).
 */
public final class Endpoint {
  /**
   * Bytes the application may write ahead of what the peer's window allows, while a link is
   * attached.
   */
  static final int AHEAD = 128 * 1024;

  /**
   * Bytes kept for a peer until it acknowledges them, however far its window may be open; and
   * {@link #AHEAD}.
   */
  static final long UNACKED_BOUND = Window.MOST;

  /** Bytes kept for the peer while no link is attached, before the application has to wait. */
  public static final int DETACHED_BOUND = 1024 * 1024;

  private final ByteQueue outbox;
  private final ByteQueue inbox;
  private final Window window;
  private long peerLimit = LinkV2.EARLY;
  private long sent;
  private long ackedEnd;
  private boolean finished;
  private long peerEnd = -1;
  private @Nullable End end;
  private boolean endIsOurs;
  private @Nullable Link attached;
  private int passing;

  /**
   * A new stream's end.
   *
   * @param chunks where bytes in flight wait
   * @param window how much the peer may send ahead of our application
   */
  public Endpoint(Chunks chunks, Window window) {
    this(new ByteQueue(chunks), new ByteQueue(chunks), window);
  }

  private Endpoint(ByteQueue outbox, ByteQueue inbox, Window window) {
    this.outbox = outbox;
    this.inbox = inbox;
    this.window = window;
  }

  // ---- the application's side ----

  /** How many bytes the application may write now. */
  public long writable() {
    if (finished || end != null) {
      return 0;
    }
    long ahead =
        attached == null
            ? DETACHED_BOUND
            : Math.min(peerLimit - outbox.start(), UNACKED_BOUND) + AHEAD;
    return Math.max(0, ahead - outbox.size());
  }

  /**
   * Room to put the application's next bytes, up to {@link #writable()} of which at least one must
   * be; see {@link #written}.
   */
  public ByteBuffer room() {
    long most = writable();
    if (most == 0) {
      throw new IllegalStateException("nothing is writable");
    }
    return outbox.room((int) Math.min(most, Chunks.LARGE));
  }

  /** Says that the application put {@code bytes} bytes into the last {@link #room()}. */
  public void written(int bytes) {
    outbox.commit(bytes);
  }

  /** Copies as much of {@code source} as is writable. */
  public void write(ByteBuffer source) {
    int bytes = (int) Math.min(writable(), source.remaining());
    outbox.append(source.slice(source.position(), bytes));
    source.position(source.position() + bytes);
  }

  /** The application will write no more: the peer is told behind the last byte. */
  public void finish() {
    finished = true;
  }

  /** Whether {@link #finish} was called. */
  public boolean isFinished() {
    return finished;
  }

  /**
   * Ends the stream early, on our side: undelivered bytes are dropped, and the peer is told why on
   * the link, or on the next one.
   */
  public void reset(End why) {
    if (end == null) {
      end = why;
      endIsOurs = true;
      inbox.clear();
      if (attached == null) {
        outbox.clear();
      }
    }
  }

  /**
   * The peer says that it has no such stream. If everything was delivered and finished on our side,
   * it ended as it should; else it ended early.
   */
  public void forgotten(End why) {
    if (!finished || outbox.size() > 0) {
      peerReset(why);
      return;
    }
    ackedEnd = outEnd();
    peerEnd = inbox.end();
    if (attached != null) {
      attached.abandon();
    }
  }

  /**
   * The next bytes received that were kept for the application, up to what lies in one piece; null
   * if there are none.
   */
  public @Nullable ByteBuffer readable() {
    return inbox.view(inbox.start(), Chunks.LARGE);
  }

  /** Drops the first {@code bytes} kept bytes: the application has them. */
  public void consume(int bytes) {
    inbox.dropTo(inbox.start() + bytes);
    window.consumed(bytes);
  }

  /** Drops what the application will not take any more. */
  public void discardReadable() {
    consume((int) inbox.size());
  }

  /** Whether the peer finished and the application took everything. */
  public boolean inputEnded() {
    return peerEnd >= 0 && inbox.size() == 0 && inbox.end() == peerEnd;
  }

  /**
   * Whether both directions were finished and arrived: no link is needed any more, though the
   * application may still have bytes to take.
   */
  public boolean isSettled() {
    return finished && ackedEnd > outbox.end() && peerEnd >= 0 && inbox.end() == peerEnd;
  }

  /** Whether the stream is settled and the application took everything: it may be forgotten. */
  public boolean isComplete() {
    return isSettled() && inbox.size() == 0;
  }

  /** Why the stream ended early, if it did. What was received before stays {@link #readable}. */
  public Optional<End> end() {
    return Optional.ofNullable(end);
  }

  /** Whether the early end was decided on this side. */
  public boolean endIsOurs() {
    return endIsOurs;
  }

  /**
   * Whether everything the application wrote, and its half-close if there was one, is acknowledged.
   */
  public boolean isFlushed() {
    return ackedEnd == outEnd();
  }

  // ---- hand-over ----

  /**
   * Everything a successor process needs to go on, but for the bytes kept: see {@link #eachUnacked}
   * and {@link #eachUnread}.
   */
  public record Kept(
      long acked,
      long ackedEnd,
      long sent,
      boolean finished,
      long consumed,
      long peerEnd,
      long peerLimit,
      int window) {}

  /** The state to hand over. The stream must not have ended early. */
  public Kept keep() {
    return new Kept(
        outbox.start(), ackedEnd, sent, finished, inbox.start(), peerEnd, peerLimit, window.size());
  }

  /** Shows the bytes kept for the peer, in order. */
  public void eachUnacked(Consumer<ByteBuffer> visitor) {
    outbox.each(visitor);
  }

  /** Shows the bytes kept for the application, in order. */
  public void eachUnread(Consumer<ByteBuffer> visitor) {
    inbox.each(visitor);
  }

  /**
   * The end of a stream that another process kept, without its bytes: see {@link #restoreUnacked}.
   */
  public static Endpoint restored(Chunks chunks, Kept kept) {
    Endpoint endpoint =
        new Endpoint(
            new ByteQueue(chunks, kept.acked),
            new ByteQueue(chunks, kept.consumed),
            new Window(kept.window, Math.max(kept.window, Window.MOST)));
    endpoint.ackedEnd = kept.ackedEnd;
    endpoint.sent = kept.sent;
    endpoint.finished = kept.finished;
    endpoint.peerEnd = kept.peerEnd;
    endpoint.peerLimit = kept.peerLimit;
    return endpoint;
  }

  /** Adds bytes that were kept for the peer. */
  public void restoreUnacked(ByteBuffer bytes) {
    outbox.append(bytes);
  }

  /** Adds bytes that were kept for the application. */
  public void restoreUnread(ByteBuffer bytes) {
    inbox.append(bytes);
  }

  // ---- figures ----

  /** Bytes ever written by the application. */
  public long writtenBytes() {
    return outbox.end();
  }

  /** Bytes ever received from the peer, each counted once. */
  public long receivedBytes() {
    return inbox.end();
  }

  /** Bytes kept for the peer: written and not yet acknowledged. */
  public long unackedBytes() {
    return outbox.size();
  }

  /** Bytes kept for the application: received and not yet taken. */
  public long unreadBytes() {
    return inbox.size();
  }

  /** The link that carries this stream at the moment. */
  public Optional<Link> link() {
    return Optional.ofNullable(attached);
  }

  // ---- the link's side ----

  /** Makes {@code link} the one that carries the stream; a former one becomes inert. */
  void attach(Link link) {
    if (attached != null) {
      attached.abandon();
    }
    attached = link;
  }

  /** The link is lost, if it is still the attached one. The stream waits for another. */
  public void detach(Link link) {
    link.abandon();
    if (link.equals(attached)) {
      attached = null;
      if (end != null) {
        outbox.clear();
      }
    }
  }

  /** First offset not acknowledged. */
  long acked() {
    return outbox.start();
  }

  /** Offset behind everything that any link ever took to send: the peer can't have more. */
  long sent() {
    return sent;
  }

  void sent(long offset) {
    sent = Math.max(sent, offset);
  }

  /** What the peer acknowledged, the half-close counting as one position. */
  long ackedEnd() {
    return ackedEnd;
  }

  /**
   * Offset after the last byte written, plus one if the application finished: what can be
   * acknowledged at most.
   */
  long outEnd() {
    return outbox.end() + (finished ? 1 : 0);
  }

  /** Offset after the last byte written. */
  long written() {
    return outbox.end();
  }

  /** Offset after the last byte received. */
  long received() {
    return inbox.end();
  }

  /** What we acknowledge: every byte received, and the peer's half-close as one position. */
  long receivedEnd() {
    return inbox.end() + (peerEnd == inbox.end() ? 1 : 0);
  }

  /** Up to which offset the peer may send. */
  long receiveLimit() {
    return inbox.start() + window.size();
  }

  Window window() {
    return window;
  }

  /** Up to which offset the peer lets us send. */
  long peerLimit() {
    return peerLimit;
  }

  void peerLimit(long limit) {
    peerLimit = limit;
  }

  /** A view of bytes to send. */
  @Nullable ByteBuffer outgoing(long offset, int most) {
    return outbox.view(offset, most);
  }

  /**
   * The peer has everything before {@code position}, which lies in {@link #acked}..{@link #outEnd}
   * and not behind what the link has completely written: its memory is given back.
   */
  void acknowledged(long position) {
    if (position > ackedEnd && end == null) {
      ackedEnd = position;
      outbox.dropTo(Math.min(position, outbox.end()));
    }
  }

  /**
   * Takes all of {@code data}, bytes the peer sent at the next offset. If none are waiting, they
   * are handed back to be delivered straight, and {@link #keep} must follow; otherwise they are
   * kept and null is returned.
   */
  @Nullable ByteBuffer accept(ByteBuffer data) {
    if (passing != 0) {
      throw new IllegalStateException(passing + " bytes were delivered without keep()");
    }
    if (end != null) {
      data.position(data.limit());
      return null;
    }
    if (inbox.size() > 0) {
      inbox.append(data);
      return null;
    }
    ByteBuffer straight = data.slice();
    data.position(data.limit());
    passing = straight.remaining();
    return straight;
  }

  /**
   * Keeps what the application did not take of bytes that {@link Link#receive} handed out; the rest
   * counts as taken.
   */
  public void keep(ByteBuffer rest) {
    int taken = passing - rest.remaining();
    passing = 0;
    inbox.skip(taken);
    window.consumed(taken);
    if (end == null) {
      inbox.append(rest);
    }
  }

  /**
   * Takes bytes back that counted as taken since the last link's {@code receive}: the application
   * has no room for them after all. Nothing else may wait for it.
   */
  public void putBack(ByteBuffer... rest) {
    if (endIsOurs) {
      return;
    }
    int bytes = 0;
    for (ByteBuffer each : rest) {
      bytes += each.remaining();
    }
    inbox.back(bytes);
    window.consumed(-bytes);
    for (ByteBuffer each : rest) {
      inbox.append(each);
    }
  }

  /** The peer's application finished behind the byte before {@code offset}. */
  void peerFinished(long offset) {
    peerEnd = offset;
  }

  /** Offset of the peer's half-close, -1 if none was told yet. */
  long peerEnd() {
    return peerEnd;
  }

  /**
   * The peer ended the stream early. What was received stays readable; what was not delivered is
   * dropped.
   */
  void peerReset(End why) {
    if (end == null) {
      end = why;
      if (attached != null) {
        attached.abandon();
      }
      outbox.clear();
    }
  }
}
