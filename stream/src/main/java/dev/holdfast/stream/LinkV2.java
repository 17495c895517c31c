package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One live connection in the dialect of resume v2 (PROTOCOL.resume-v2, sections 5 to 7).
 *
 * <p>Sending starts at the first unacknowledged offset. On a client's resume it starts before the
 * server has said how far it got, with at most {@link #EARLY} bytes, so that a key typed during the
 * outage travels with the hello.
 */
public final class LinkV2 implements Link {
  /** Stream bytes that a resuming client sends before the server's position is known. */
  static final int EARLY = 16 * 1024;

  /** Bytes received after which an acknowledgement goes out at once. */
  static final int ACK_EVERY = 512 * 1024;

  /** How long a small acknowledgement waits for data to ride on. */
  static final long ACK_DELAY = 20_000_000;

  /** Pause before the first ping after traffic stopped; it doubles up to {@link #LONGEST_PAUSE}. */
  static final long FIRST_PAUSE = 1_000_000_000;

  /** Pause between pings of an idle link: shorter than what address translators forget after. */
  static final long LONGEST_PAUSE = 20_000_000_000L;

  /**
   * A frame carries at most what the path moves in this time, so that slow paths see steady
   * progress.
   */
  private static final long FRAME_NANOS = 50_000_000;

  /** The window is looked at no more often than this, however short the round trips. */
  private static final long LEAST_ROUND = 1_000_000;

  private static final int LEAST_FRAME = 2 * 1024;
  private static final int FIRST_FRAME = 16 * 1024;
  private static final long NEVER = Long.MAX_VALUE;

  private final Endpoint endpoint;
  private final Chunks chunks;
  private final Output output;
  private final boolean pings;

  private boolean inert;
  private boolean peerKnown;

  // Sending: what was framed, and how much of that has wholly left the output.
  private long framed;
  private long framedAtBatch;
  private boolean finishFramed;
  private boolean resetFramed;
  private long heldAck;
  private int frameMost = FIRST_FRAME;

  // Receiving: what we last told the peer.
  private long ackSent;
  private long limitSent;
  private long ackDueAt = NEVER;
  private boolean pongDue;
  private long pongBody;

  // Time.
  private final Outstanding outstanding;
  private long heardAt;
  private long sampleAcked;
  private long pingAt;
  private long pause = FIRST_PAUSE;
  private long pingBody = -1;

  /**
   * A link over a connection whose hellos are still to be exchanged (resuming client) or were
   * exchanged.
   *
   * @param pings whether this side asks for signs of life when nothing is sent: the client's side
   *     does
   * @param leniency factor on the patience with a silent peer, at least 1: raised by drivers whose
   *     suspicions proved wrong
   */
  public LinkV2(Endpoint endpoint, Chunks chunks, boolean pings, int leniency, long now) {
    endpoint.attach(this);
    this.endpoint = endpoint;
    this.chunks = chunks;
    this.output = new Output(chunks);
    this.pings = pings;
    this.outstanding = new Outstanding(leniency);
    this.framed = endpoint.acked();
    this.framedAtBatch = framed;
    this.heldAck = endpoint.ackedEnd();
    this.heardAt = now;
    this.pingAt = now + FIRST_PAUSE;
    this.ackSent = endpoint.receivedEnd();
    this.limitSent = endpoint.receiveLimit();
  }

  /** What our hello told the peer: counts as its last acknowledgement. */
  public record Position(long received, long limit) {
    /** Where {@code endpoint} is: what its next link begins with. */
    public static Position of(Endpoint endpoint) {
      return new Position(endpoint.receivedEnd(), endpoint.receiveLimit());
    }
  }

  /** The position to put into our hello. */
  public Position position() {
    return new Position(ackSent, limitSent);
  }

  /**
   * Takes the position of the peer's hello. It must come before anything is received. If the
   * position can't be, both ends are out of step: the stream is reset, and this link says so.
   */
  public void peerIsAt(Position peer, long now) {
    if (inert) {
      return; // a newer link asks for itself, and has framed from what was acknowledged then
    }
    peerKnown = true;
    heard(now);
    if (peer.received < endpoint.ackedEnd() || peer.received > endpoint.sent()) {
      endpoint.reset(
          new End(End.Reason.OUT_OF_STEP, "Both ends disagree about what was delivered."));
      return;
    }
    heldAck = peer.received;
    applyAck();
    framed = Math.max(framed, Math.min(peer.received, endpoint.written()));
    endpoint.peerLimit(Math.max(endpoint.peerLimit(), peer.limit));
  }

  /** Counts a round trip measured outside, such as that of the hellos. */
  public void roundTripWas(long nanos) {
    outstanding.measured(nanos);
  }

  // ---- receiving ----

  @Override
  public @Nullable ByteBuffer receive(ByteBuffer input, long now) throws ProtocolException {
    while (!inert && endpoint.end().isEmpty() && input.remaining() >= FrameV2.HEADER) {
      int from = input.position();
      int head = input.getInt(from);
      int type = head >>> 24;
      int length = head & 0xffffff;
      if (length > FrameV2.MOST_BODY) {
        throw new ProtocolException("frame of " + length + " bytes");
      }
      if (input.remaining() < FrameV2.HEADER + length) {
        return null;
      }
      if (!FrameV2.isIntact(input, from, length)) {
        throw new ProtocolException("damaged frame");
      }
      ByteBuffer body = input.slice(from + FrameV2.HEADER, length);
      input.position(from + FrameV2.HEADER + length);
      heard(now);
      ByteBuffer data = handle(type, body, now);
      if (data != null) {
        return data;
      }
    }
    if (inert || endpoint.end().isPresent()) {
      input.position(input.limit());
    }
    return null;
  }

  private @Nullable ByteBuffer handle(int type, ByteBuffer body, long now)
      throws ProtocolException {
    switch (type) {
      case FrameV2.DATA -> {
        return data(atLeast(body, 8), now);
      }
      case FrameV2.ACK -> acknowledged(atLeast(body, 16), now);
      case FrameV2.PING -> {
        pongDue = true;
        pongBody = atLeast(body, 8).getLong();
      }
      case FrameV2.PONG -> pong(atLeast(body, 8).getLong(), now);
      case FrameV2.FINISH -> finished(atLeast(body, 8).getLong(), now);
      case FrameV2.RESET -> reset(atLeast(body, 1));
      default -> {
        if (type < 0x80) {
          throw new ProtocolException("frame of unknown type " + type);
        }
      }
    }
    return null;
  }

  private static ByteBuffer atLeast(ByteBuffer body, int bytes) throws ProtocolException {
    if (body.remaining() < bytes) {
      throw new ProtocolException(
          "frame of " + body.remaining() + " bytes where " + bytes + " are needed");
    }
    return body;
  }

  private @Nullable ByteBuffer data(ByteBuffer body, long now) throws ProtocolException {
    long offset = body.getLong();
    long expected = endpoint.received();
    if (offset < 0 || offset > expected) {
      throw new ProtocolException("data at " + offset + " where " + expected + " was next");
    }
    long end = offset + body.remaining();
    if (end > limitSent || (endpoint.peerEnd() >= 0 && end > endpoint.peerEnd())) {
      throw new ProtocolException("data up to " + end + " beyond what was allowed");
    }
    ackBy(now, end - ackSent >= ACK_EVERY ? 0 : ACK_DELAY);
    restartPings(now);
    if (end <= expected) {
      return null;
    }
    body.position(body.position() + (int) (expected - offset));
    endpoint.window().adjust(now, Math.max(rttNanos(), LEAST_ROUND), chunks.isTight());
    return endpoint.accept(body);
  }

  private void finished(long offset, long now) throws ProtocolException {
    if (offset != endpoint.received()
        || (endpoint.peerEnd() >= 0 && endpoint.peerEnd() != offset)) {
      throw new ProtocolException(
          "finish at " + offset + " where " + endpoint.received() + " was next");
    }
    endpoint.peerFinished(offset);
    ackBy(now, 0);
  }

  private void acknowledged(ByteBuffer body, long now) throws ProtocolException {
    long position = body.getLong();
    long limit = body.getLong();
    if (position < 0 || position > framedEnd() || limit < 0) {
      throw new ProtocolException("acknowledgement of " + position + ", " + framed + " was sent");
    }
    if (position > heldAck) {
      heldAck = position;
      progress(position, now);
      applyAck();
    }
    endpoint.peerLimit(Math.max(endpoint.peerLimit(), limit));
  }

  /** Gives acknowledged memory back, except what a batch still being written looks at. */
  private void applyAck() {
    endpoint.acknowledged(
        output.isEmpty()
            ? heldAck
            : Math.min(heldAck, Math.max(framedAtBatch, endpoint.ackedEnd())));
  }

  private void reset(ByteBuffer body) {
    int code = body.get() & 0xff;
    String text =
        StandardCharsets.UTF_8
            .decode(body.limit(Math.min(body.limit(), 4 * End.MOST_TEXT)))
            .toString();
    endpoint.peerReset(new End(End.Reason.of(code), text));
  }

  // ---- sending ----

  @Override
  public Output transmit(long now) {
    if (inert || !output.isEmpty()) {
      return output;
    }
    framedAtBatch = framed;
    if (endpoint.end().isPresent()) {
      frameReset();
      return output;
    }
    framePong();
    framePing(now);
    frameData(now);
    frameAck(now);
    return output;
  }

  @Override
  public void wrote(long now) {
    output.settle();
    if (!inert && output.isEmpty()) {
      applyAck();
    }
  }

  private void frameReset() {
    if (!peerKnown || resetFramed || !endpoint.endIsOurs()) {
      return;
    }
    End end = endpoint.end().orElseThrow();
    byte[] text = end.text().getBytes(StandardCharsets.UTF_8);
    ByteBuffer header = output.header();
    int from = header.position();
    FrameV2.begin(header, FrameV2.RESET, 1 + text.length);
    header.put((byte) end.reason().code()).put(text);
    close(header, from);
    resetFramed = true;
  }

  private void framePong() {
    if (pongDue) {
      frameLongs(FrameV2.PONG, pongBody);
      pongDue = false;
    }
  }

  private void framePing(long now) {
    if (!pings || !peerKnown || pingBody >= 0 || now < pingAt) {
      return;
    }
    pingBody = now;
    frameLongs(FrameV2.PING, now);
    outstanding.await(now);
  }

  private void frameData(long now) {
    long bound =
        peerKnown ? endpoint.peerLimit() : Math.min(endpoint.peerLimit(), endpoint.acked() + EARLY);
    long end = Math.min(endpoint.written(), bound);
    while (framed < end && output.hasRoom(3, FrameV2.HEADER + 8)) {
      frameOneData((int) Math.min(frameMost, end - framed));
      restartPings(now);
    }
    if (framed > framedAtBatch && outstanding.sent(framed, now)) {
      sampleAcked = heldAck;
    }
    frameFinish(now);
    endpoint.sent(framedEnd());
  }

  private void frameFinish(long now) {
    if (finishFramed
        || !endpoint.isFinished()
        || framed < endpoint.written()
        || !output.hasRoom(0, FrameV2.HEADER + 8)) {
      return;
    }
    if (endpoint.ackedEnd() < endpoint.outEnd()) {
      frameLongs(FrameV2.FINISH, framed);
      outstanding.await(now);
    }
    finishFramed = true;
  }

  /** What was framed, the half-close counting as one position. */
  private long framedEnd() {
    return framed + (finishFramed ? 1 : 0);
  }

  private void frameOneData(int bytes) {
    ByteBuffer first = endpoint.outgoing(framed, bytes);
    int had = Objects.requireNonNull(first).remaining();
    ByteBuffer second = had < bytes ? endpoint.outgoing(framed + had, bytes - had) : null;
    int length = had + (second == null ? 0 : second.remaining());
    ByteBuffer header = output.header();
    int from = header.position();
    FrameV2.begin(header, FrameV2.DATA, 8 + length);
    header.putLong(framed);
    if (second == null) {
      FrameV2.seal(header, from, first);
    } else {
      FrameV2.seal(header, from, first, second);
    }
    output.addHeader();
    output.add(first);
    if (second != null) {
      output.add(second);
    }
    framed += length;
  }

  /**
   * An acknowledgement goes out when it is due, when the peer's window should move, or with
   * anything else.
   */
  private void frameAck(long now) {
    if (!peerKnown) {
      return;
    }
    long position = endpoint.receivedEnd();
    long limit = endpoint.receiveLimit();
    boolean opens = limit - limitSent >= endpoint.window().size() / 4;
    boolean rides = !output.isEmpty() && position > ackSent;
    if (now >= ackDueAt || opens || rides) {
      frameLongs(FrameV2.ACK, position, Math.max(limit, limitSent));
      ackSent = position;
      limitSent = Math.max(limit, limitSent);
      ackDueAt = NEVER;
    }
  }

  private void frameLongs(int type, long... values) {
    ByteBuffer header = output.header();
    int from = header.position();
    FrameV2.begin(header, type, 8 * values.length);
    for (long value : values) {
      header.putLong(value);
    }
    close(header, from);
  }

  private void close(ByteBuffer header, int from) {
    FrameV2.seal(header, from);
    output.addHeader();
  }

  // ---- time ----

  private void heard(long now) {
    heardAt = now;
  }

  private void restartPings(long now) {
    pause = FIRST_PAUSE;
    pingAt = now + pause;
  }

  /** The peer moved: whatever else is outstanding is waited for from now on. */
  private void progress(long position, long now) {
    long took = outstanding.progressed(position, isAllAnswered(), now);
    if (took == 0) {
      return;
    }
    long moved = position - sampleAcked;
    long perFrame = moved * FRAME_NANOS / took;
    if (moved >= frameMost || perFrame > frameMost) {
      frameMost = Math.clamp(perFrame, LEAST_FRAME, FrameV2.MOST_DATA);
    }
  }

  private boolean isAllAnswered() {
    return pingBody < 0 && heldAck == framedEnd();
  }

  private void pong(long body, long now) {
    if (body != pingBody) {
      return;
    }
    outstanding.measured(now - pingBody);
    pingBody = -1;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    pingAt = now + pause;
    outstanding.progressed(heldAck, isAllAnswered(), now);
  }

  private void ackBy(long now, long delay) {
    ackDueAt = Math.min(ackDueAt, now + delay);
  }

  @Override
  public long wakeAt() {
    if (inert || !peerKnown) {
      return NEVER;
    }
    return Math.min(ackDueAt, pings && pingBody < 0 ? pingAt : NEVER);
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
    return !inert;
  }

  @Override
  public boolean isOver() {
    if (inert) {
      return true;
    }
    if (endpoint.end().isPresent()) {
      return resetFramed || !endpoint.endIsOurs();
    }
    return endpoint.isSettled() && ackSent == endpoint.receivedEnd();
  }

  @Override
  public void abandon() {
    inert = true;
    output.clear();
    applyAck();
  }

  /** Asks the peer for a sign of life now: the network changed, or the machine slept. */
  public void probe(long now) {
    if (pings && pingBody < 0) {
      pingAt = now;
    }
  }
}
