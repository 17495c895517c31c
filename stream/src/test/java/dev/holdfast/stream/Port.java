package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One side's end of a simulated wire, driven as {@link Link} asks for. */
final class Port {
  /** How long a connection that was replaced may go on at most. */
  private static final long LONGEST_LINGER = 500 * Timeline.MILLI;

  /** What becomes of a port. */
  interface Owner {
    /** Bytes were read or written, or time passed: look at endpoint and program. */
    void progressed(Port port);

    /** The connection is gone; the link is detached already. */
    void gone(Port port);

    /** The program at the end of the stream, once known. */
    @Nullable Program program(Port port);
  }

  private final Timeline time;
  private final RandomGenerator random;
  private final Dialect.Conversation conversation;
  private final Wire wire;
  private final Wire.Direction out;
  private final Wire.Direction in;
  private final Owner owner;
  private final Dialect.Referee referee;
  private final boolean isClient;
  private final ArrayDeque<ByteBuffer> arrived = new ArrayDeque<>();
  private ByteBuffer pending = ByteBuffer.allocate(0);
  private boolean isBatched;
  private ByteBuffer saying = ByteBuffer.allocate(0);
  private boolean endSeen;
  private boolean over;
  private boolean lingers;
  private boolean busy;
  private long plannedAt = Long.MAX_VALUE;

  Port(
      Timeline time,
      RandomGenerator random,
      Dialect.Conversation conversation,
      Wire wire,
      Owner owner,
      Dialect.Referee referee,
      boolean isClient) {
    this.time = time;
    this.random = random;
    this.conversation = conversation;
    this.wire = wire;
    this.out = isClient ? wire.toServer : wire.toClient;
    this.in = isClient ? wire.toClient : wire.toServer;
    this.owner = owner;
    this.referee = referee;
    this.isClient = isClient;
  }

  Dialect.Conversation conversation() {
    return conversation;
  }

  boolean isOver() {
    return over;
  }

  /** Whether this port's link is the one that carries the stream. */
  boolean isAttached() {
    Endpoint endpoint = conversation.endpoint();
    Link link = conversation.link();
    return endpoint != null && link != null && endpoint.link().equals(Optional.of(link));
  }

  // ---- called by the wire ----

  void deliver(byte[] bytes) {
    if (!over) {
      arrived.add(ByteBuffer.wrap(bytes));
      pump();
    }
  }

  void ended() {
    endSeen = true;
    pump();
  }

  void lost() {
    close(false);
  }

  // ---- driving ----

  /** Reads and writes as much as is possible now. */
  void pump() {
    if (over || busy) {
      return;
    }
    busy = true;
    try {
      read();
      write();
    } catch (ProtocolException e) {
      busy = false;
      owner.progressed(this);
      write();
      abort();
      return;
    } finally {
      busy = false;
    }
    owner.progressed(this);
    finish();
    plan();
  }

  private void read() throws ProtocolException {
    while (!over) {
      Link link = conversation.link();
      if (conversation.isOpen() && link != null && !link.wantsInput()) {
        return;
      }
      ByteBuffer next = arrived.poll();
      if (next == null) {
        return;
      }
      int before = pending.remaining();
      pending =
          ByteBuffer.allocate(before + next.remaining()).put(pending).put(next.duplicate()).flip();
      consume();
      in.consumed(next.remaining());
    }
  }

  private void consume() throws ProtocolException {
    if (!conversation.isOpen()) {
      conversation.hear(pending, time.now());
    }
    Link link = conversation.link();
    if (!conversation.isOpen() || link == null) {
      return;
    }
    isBatched = !isBatched;
    if (isBatched) {
      takeTogether(link);
    } else {
      takeEach(link);
    }
  }

  private void takeEach(Link link) throws ProtocolException {
    for (ByteBuffer data; (data = link.receive(pending, time.now())) != null; ) {
      give(data);
      Endpoint endpoint = conversation.endpoint();
      if (endpoint != null) {
        endpoint.keep(data);
      }
    }
  }

  /** Counts all as taken until it is known what the program has no room for. */
  private void takeTogether(Link link) throws ProtocolException {
    List<ByteBuffer> batch = new ArrayList<>();
    Endpoint endpoint = conversation.endpoint();
    try {
      for (ByteBuffer data; (data = link.receive(pending, time.now())) != null; ) {
        batch.add(data.slice());
        if (endpoint != null) {
          endpoint.keep(data.position(data.limit()));
        }
      }
    } finally {
      for (int i = 0; i < batch.size() && (i == 0 || !batch.get(i - 1).hasRemaining()); i++) {
        give(batch.get(i));
      }
      batch.removeIf(each -> !each.hasRemaining());
      if (endpoint != null && !batch.isEmpty()) {
        endpoint.putBack(batch.toArray(ByteBuffer[]::new));
      }
    }
  }

  private void give(ByteBuffer data) {
    Program program = owner.program(this);
    if (program != null) {
      program.take(data);
    }
  }

  private void write() {
    while (!over && out.room() > 0) {
      if (!saying.hasRemaining()) {
        saying = ByteBuffer.wrap(conversation.say());
      }
      if (saying.hasRemaining()) {
        put(saying);
        continue;
      }
      Link link = conversation.link();
      if (link == null || !writeSome(link)) {
        return;
      }
    }
  }

  private boolean writeSome(Link link) {
    Output output = link.transmit(time.now());
    if (output.isEmpty()) {
      return false;
    }
    boolean isWhole = true;
    for (int i = 0; i < output.length() && isWhole && out.room() > 0; i++) {
      ByteBuffer buffer = output.buffers()[output.offset() + i];
      put(buffer);
      isWhole = !buffer.hasRemaining();
    }
    link.wrote(time.now());
    return true;
  }

  /** Writes a random part, as sockets do. */
  private void put(ByteBuffer source) {
    int most = Math.min(source.remaining(), out.room());
    int bytes = random.nextInt(4) == 0 ? 1 + random.nextInt(most) : most;
    ByteBuffer part = source.slice(source.position(), bytes);
    source.position(source.position() + bytes);
    referee.written(isClient, part.duplicate(), conversation.endpoint());
    out.write(part);
  }

  private void finish() {
    Link link = conversation.link();
    boolean saidAll =
        !saying.hasRemaining() && (link == null || link.transmit(time.now()).isEmpty());
    if (endSeen && arrived.isEmpty()) {
      out.close();
      close(true);
    } else if (saidAll && link != null && link.isOver() && !isAttached()) {
      linger();
    } else if (saidAll && (conversation.isRefused() || (link != null && link.isOver()))) {
      out.close();
      close(false);
    }
  }

  /** Another link carries the stream now. What still arrives here must change nothing. */
  private void linger() {
    if (!lingers) {
      lingers = true;
      time.after(random.nextLong(LONGEST_LINGER), this::abort);
    }
  }

  /** Ends the connection so that the peer can't take it for the end of the stream. */
  void abort() {
    if (!over) {
      close(false);
      wire.cut();
    }
  }

  /** Lets go of this side; {@code inOrder} if the peer ended its side in order. */
  private void close(boolean inOrder) {
    if (over) {
      return;
    }
    over = true;
    Link link = conversation.link();
    Endpoint endpoint = conversation.endpoint();
    if (link != null && endpoint != null) {
      if (inOrder) {
        link.connectionEnded();
      }
      endpoint.detach(link);
    }
    owner.gone(this);
  }

  private void plan() {
    Link link = conversation.link();
    if (over || link == null || link.isOver()) {
      return;
    }
    long next = later(link.wakeAt());
    if (isClient) {
      next = Math.min(next, later(link.suspectAt()));
    }
    if (next < plannedAt) {
      plannedAt = next;
      time.at(
          next,
          () -> {
            plannedAt = Long.MAX_VALUE;
            pump();
          });
    }
  }

  /** What is due already needs room on the wire, or the owner's attention, and no timer. */
  private long later(long when) {
    return when > time.now() ? when : Long.MAX_VALUE;
  }
}
