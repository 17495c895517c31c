package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One live connection in the dialect of resume v1 (PROTOCOL.resume-v1, sections 4 to 6), from the
 * positions on.
 *
 * <pre>
 *   resumed link:   position │ frame │ frame …
 *   frame:          acknowledged │ length │ data          numbers as {@link Varint}, data up to {@value #MOST_DATA} bytes
 *   close:          2^64-1 in place of an acknowledgement
 * </pre>
 *
 * <p>Acknowledgements count from the one before, positions from the stream's beginning. There is no
 * half-close: {@link Endpoint#finish} closes both directions once everything written is
 * acknowledged, and the close counts as delivered when the peer ends the connection, of which
 * {@link #connectionEnded} tells.
 */
public final class LinkV1 implements Link {
  /** Most data in a frame. */
  public static final int MOST_DATA = 128 * 1024;

  /** Bytes kept for a peer until it acknowledges them: it has no windows, so this is ours. */
  public static final int UNACKED_BOUND = 8 * 1024 * 1024;

  /** Bytes kept for an application that does not read, before the connection is not read either. */
  public static final int UNREAD_BOUND = 256 * 1024;

  /** Bytes handed to the slowest connection at once. */
  static final int LEAST_PORTION = 4 * 1024;

  /** Bytes received after which an acknowledgement goes out at once. */
  static final int ACK_EVERY = 64 * 1024;

  /** How long a small acknowledgement waits for data to ride on, in nanoseconds. */
  static final long ACK_DELAY = 20_000_000;

  /** How long the peer's position may take, in nanoseconds. */
  static final long POSITION_TIMEOUT = 5_000_000_000L;

  /** An empty frame goes out after so many nanoseconds of silence, for address translators. */
  static final long KEEP_ALIVE = 20_000_000_000L;

  private static final long CLOSE = -1;
  private static final int MOST_HEADER = 2 * Varint.MOST;
  private static final long NEVER = Long.MAX_VALUE;

  /** A frame of {@link #MOST_DATA} lies in at most three chunks, the first being a small one. */
  private static final int PIECES = 3;

  private final Endpoint endpoint;
  private final Output output;
  private final Outstanding outstanding;
  private final Portion portion = new Portion(LEAST_PORTION, Output.BATCH);
  private final ByteBuffer[] pieces = new ByteBuffer[PIECES];

  private boolean inert;
  private byte @Nullable [] prologue;
  private boolean peerKnown;
  private final long positionBy;

  // Sending: what was framed, and how much of that the peer has.
  private long framed;
  private long framedAtBatch;
  private long peerHas;
  private boolean closeFramed;

  // Receiving: what the peer was told, and the rest of the frame that is arriving.
  private long told;
  private long ackDueAt = NEVER;
  private int unframed;

  private long heardAt;
  private long saidAt;

  private LinkV1(
      Endpoint endpoint, Chunks chunks, int leniency, byte[] prologue, boolean isFirst, long now) {
    endpoint.attach(this);
    this.endpoint = endpoint;
    this.output = new Output(chunks);
    this.prologue = prologue;
    this.peerKnown = isFirst;
    this.positionBy = now + POSITION_TIMEOUT;
    this.framed = endpoint.acked();
    this.outstanding = new Outstanding(leniency);
    this.framedAtBatch = framed;
    this.peerHas = framed;
    this.told = endpoint.received();
    this.heardAt = now;
    this.saidAt = now;
    endpoint.peerLimit(framed + UNACKED_BOUND);
  }

  /**
   * The link of a stream that has just begun.
   *
   * @param leniency factor on the patience with a silent peer, at least 1: raised by drivers whose
   *     suspicions proved wrong
   * @param reply what the opening still has to say; goes out with the first frame
   */
  public static LinkV1 first(
      Endpoint endpoint, Chunks chunks, int leniency, byte[] reply, long now) {
    if (endpoint.acked() != 0 || endpoint.received() != 0) {
      throw new IllegalStateException("the stream has begun already");
    }
    return new LinkV1(endpoint, chunks, leniency, reply.clone(), true, now);
  }

  /**
   * A link that takes a stream over: the former one is inert from here on, and our position is
   * fixed.
   *
   * @param reply what the opening still has to say; our position follows it in the same write
   */
  public static LinkV1 resumed(
      Endpoint endpoint, Chunks chunks, int leniency, byte[] reply, long now) {
    ByteBuffer prologue = ByteBuffer.allocate(reply.length + Varint.MOST).put(reply);
    Varint.put(prologue, endpoint.received());
    byte[] bytes = new byte[prologue.flip().remaining()];
    prologue.get(bytes);
    LinkV1 link = new LinkV1(endpoint, chunks, leniency, bytes, false, now);
    link.outstanding.await(now);
    return link;
  }

  /** Counts a round trip measured outside, such as that of the opening. */
  public void roundTripWas(long nanos) {
    outstanding.measured(nanos);
  }

  // ---- receiving ----

  @Override
  public @Nullable ByteBuffer receive(ByteBuffer input, long now) throws ProtocolException {
    if (inert) {
      return null;
    }
    if (input.hasRemaining()) {
      heardAt = now;
    }
    try {
      while (!inert && endpoint.end().isEmpty()) {
        if (unframed > 0) {
          if (!input.hasRemaining()) {
            return null;
          }
          ByteBuffer data = data(input, now);
          if (data != null) {
            return data;
          }
        } else if (!(peerKnown ? header(input, now) : position(input, now))) {
          return null;
        }
      }
    } catch (ProtocolException e) {
      abandon();
      throw e;
    }
    input.position(input.limit());
    return null;
  }

  /** Reads the peer's position; false while bytes are missing. */
  private boolean position(ByteBuffer input, long now) throws ProtocolException {
    int length = Varint.length(input, input.position());
    if (length == 0) {
      return false;
    }
    long position = Varint.value(input, input.position(), length);
    input.position(input.position() + length);
    peerKnown = true;
    peerIsAt(position, now);
    return true;
  }

  /**
   * Section 4: ahead of what was sent, the stream can't go on and the peer is told so. Behind what
   * was acknowledged it is an old position on a late connection, and only that ends.
   */
  private void peerIsAt(long position, long now) throws ProtocolException {
    if (position >= 0 && position < endpoint.acked()) {
      throw new ProtocolException("a position from before the last acknowledgement");
    }
    if (position < 0 || position > endpoint.sent()) {
      endpoint.reset(
          new End(End.Reason.OUT_OF_STEP, "Both ends disagree about what was delivered."));
      return;
    }
    framed = position;
    framedAtBatch = position;
    acknowledged(position, now);
  }

  /** Reads the header of a frame; false while bytes are missing or after the peer's close. */
  private boolean header(ByteBuffer input, long now) throws ProtocolException {
    int at = input.position();
    int ackLength = Varint.length(input, at);
    long ack = Varint.value(input, at, ackLength);
    if (ackLength > 0 && ack == CLOSE) {
      input.position(input.limit());
      closedByPeer();
      return false;
    }
    int lengthLength = ackLength == 0 ? 0 : Varint.length(input, at + ackLength);
    if (lengthLength == 0) {
      return false;
    }
    long length = Varint.value(input, at + ackLength, lengthLength);
    if (Long.compareUnsigned(ack, framed - peerHas) > 0) {
      throw new ProtocolException("acknowledgement of more than was sent");
    }
    if (Long.compareUnsigned(length, MOST_DATA) > 0) {
      throw new ProtocolException("frame of more than " + MOST_DATA + " bytes");
    }
    input.position(at + ackLength + lengthLength);
    unframed = (int) length;
    if (ack > 0) {
      acknowledged(peerHas + ack, now);
    }
    return true;
  }

  /** Takes what has arrived of a frame's data, whole or not: positions count bytes. */
  private @Nullable ByteBuffer data(ByteBuffer input, long now) {
    int bytes = Math.min(unframed, input.remaining());
    ByteBuffer data = input.slice(input.position(), bytes);
    input.position(input.position() + bytes);
    unframed -= bytes;
    boolean isMuch = endpoint.received() + bytes - told >= ACK_EVERY;
    ackDueAt = Math.min(ackDueAt, isMuch ? now : now + ACK_DELAY);
    return endpoint.accept(data);
  }

  private void acknowledged(long position, long now) {
    peerHas = position;
    long took = outstanding.progressed(position, position == framed && !closeFramed, now);
    if (took > 0) {
      portion.end(position, took);
    }
    release();
    endpoint.peerLimit(position + UNACKED_BOUND);
  }

  /** Gives acknowledged memory back, except what a batch still being written looks at. */
  private void release() {
    endpoint.acknowledged(
        output.isEmpty() ? peerHas : Math.max(endpoint.acked(), Math.min(peerHas, framedAtBatch)));
  }

  /** Section 6: the peer says nothing more and takes nothing more. */
  private void closedByPeer() {
    endpoint.peerFinished(endpoint.received());
    if (endpoint.isFinished() && peerHas == endpoint.written()) {
      closed();
    } else {
      endpoint.peerReset(new End(End.Reason.CLOSED, "The other side closed the stream."));
    }
  }

  /** Both directions are at their end. What was finished is one position behind the last byte. */
  private void closed() {
    abandon();
    endpoint.acknowledged(endpoint.outEnd());
  }

  @Override
  public void connectionEnded() {
    if (inert || endpoint.end().isPresent() || !closeFramed || !output.isEmpty()) {
      return;
    }
    endpoint.peerFinished(endpoint.received());
    closed();
  }

  // ---- sending ----

  @Override
  public Output transmit(long now) {
    if (inert || !output.isEmpty()) {
      return output;
    }
    framedAtBatch = framed;
    if (!peerKnown && now >= positionBy) {
      abandon();
      return output;
    }
    sayPrologue();
    if (!closeFramed) {
      frameData(now);
      frameAck(now);
      frameClose(now);
    }
    if (!output.isEmpty()) {
      saidAt = now;
    }
    return output;
  }

  @Override
  public void wrote(long now) {
    output.settle();
    if (!inert) {
      release();
    }
  }

  private void sayPrologue() {
    byte[] bytes = prologue;
    if (bytes != null && bytes.length > 0) {
      output.header().put(bytes);
      output.addHeader();
    }
    prologue = null;
  }

  private void frameData(long now) {
    if (!peerKnown || endpoint.end().isPresent()) {
      return;
    }
    long allowed = Math.min(endpoint.written(), endpoint.peerLimit());
    long end = Math.min(allowed, framed + portion.bytes());
    while (framed < end && output.hasRoom(PIECES, MOST_HEADER)) {
      frameOne((int) Math.min(MOST_DATA, end - framed));
    }
    endpoint.sent(framed);
    if (framed > framedAtBatch && outstanding.sent(framed, now)) {
      portion.begin(peerHas);
    }
  }

  /** Header and data leave in one write; an acknowledgement rides along. */
  private void frameOne(int most) {
    int count = 0;
    int length = 0;
    while (count < PIECES && length < most) {
      ByteBuffer piece = endpoint.outgoing(framed + length, most - length);
      if (piece == null) {
        break;
      }
      pieces[count++] = piece;
      length += piece.remaining();
    }
    frameHeader(length);
    for (int i = 0; i < count; i++) {
      output.add(pieces[i]);
    }
    framed += length;
  }

  private void frameAck(long now) {
    if (now >= ackDueAt || (output.isEmpty() && now >= keepAliveAt())) {
      frameHeader(0);
    }
  }

  private void frameHeader(int length) {
    ByteBuffer header = output.header();
    Varint.put(header, endpoint.received() - told);
    Varint.put(header, length);
    output.addHeader();
    told = endpoint.received();
    ackDueAt = NEVER;
  }

  /** The close goes out behind a last acknowledgement, since nothing can follow it. */
  private void frameClose(long now) {
    boolean isReset = endpoint.end().isPresent() && endpoint.endIsOurs();
    boolean isFlushed = endpoint.isFinished() && peerKnown && peerHas == endpoint.written();
    if (!isReset && !isFlushed) {
      return;
    }
    if (told < endpoint.received()) {
      frameHeader(0);
    }
    Varint.put(output.header(), CLOSE);
    output.addHeader();
    closeFramed = true;
    outstanding.await(now);
  }

  // ---- time ----

  private long keepAliveAt() {
    return closeFramed ? NEVER : Math.max(heardAt, saidAt) + KEEP_ALIVE;
  }

  @Override
  public long wakeAt() {
    if (inert) {
      return NEVER;
    }
    return Math.min(peerKnown ? keepAliveAt() : positionBy, closeFramed ? NEVER : ackDueAt);
  }

  @Override
  public long suspectAt() {
    return inert ? NEVER : outstanding.suspectAt();
  }

  @Override
  public long heardAt() {
    return heardAt;
  }

  @Override
  public long rttNanos() {
    return outstanding.roundTripNanos();
  }

  // ---- ends ----

  @Override
  public boolean wantsInput() {
    return !inert && endpoint.unreadBytes() < UNREAD_BOUND;
  }

  @Override
  public boolean isOver() {
    return inert || (endpoint.end().isPresent() && (closeFramed || !endpoint.endIsOurs()));
  }

  @Override
  public void abandon() {
    inert = true;
    output.clear();
    release();
  }
}
