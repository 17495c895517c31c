package dev.holdfast.link;

import dev.holdfast.stream.AnswerV1;
import dev.holdfast.stream.End;
import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.Link;
import dev.holdfast.stream.LinkV1;
import dev.holdfast.stream.LinkV2;
import dev.holdfast.stream.ProtocolException;
import dev.holdfast.stream.ServerResumptionV2;
import dev.holdfast.stream.TokenV1;
import dev.holdfast.stream.Window;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a gate keeps for a client: waits for its links, within the gate's patience.
 * Confined to its loop, lock held.
 */
final class GateStream implements ResumableStream.Keeper {
  /** Bytes from a client after which it is taken for one that has logged in. */
  static final int ESTABLISHED = 4 * 1024;

  /**
   * How long a stream is kept for which only the client's last acknowledgement is missing, or its
   * news of an early end.
   */
  static final Duration LAST_WORD_PATIENCE = Duration.ofMinutes(1);

  private final Gate gate;
  private final ResumableStream stream;
  private final ServerSide known;
  private final long openedAt;
  private final String name;
  private SocketAddress client;
  private @Nullable SocketLocal server;

  /** When the link was lost; -1 while there is one. Written on the loop, read by any thread. */
  private volatile long detachedAt = -1;

  private Loop.@Nullable Timer patience;

  private GateStream(
      Gate gate,
      Loop loop,
      SocketAddress client,
      Endpoint endpoint,
      ServerSide known,
      String name,
      long openedAt) {
    this.gate = gate;
    this.stream = new ResumableStream(loop, gate.chunks(), endpoint, this);
    this.known = known;
    this.client = client;
    this.name = name;
    this.openedAt = openedAt;
  }

  private static GateStream fresh(
      Gate gate, Loop loop, SocketChannel channel, Endpoint endpoint, ServerSide known) {
    String name = known.ids().getFirst().toString();
    return new GateStream(gate, loop, Addresses.remote(channel), endpoint, known, name, Loop.now());
  }

  /** Goes on with a stream that another process kept; on its loop. */
  static void restored(
      Gate gate, Loop loop, HandoverMessage.Stream kept, Endpoint endpoint, SocketChannel channel)
      throws IOException {
    long now = Loop.now();
    GateStream it =
        new GateStream(
            gate, loop, kept.client(), endpoint, kept.known(), kept.name(), now - kept.ageNanos());
    gate.streams().rename(it);
    it.stream.lock.lock();
    try {
      SocketLocal local = new SocketLocal(it.stream, channel);
      local.restore(kept.readEnded(), kept.outputShut());
      it.server = local;
      it.detachedAt = now - kept.awayNanos();
      it.waitForClient();
      local.start();
    } finally {
      it.stream.lock.unlock();
    }
  }

  /** The connection to the server; null while it is being made. */
  @Nullable SocketLocal server() {
    return server;
  }

  /** What to hand over, beside the server's connection and the bytes. The loop stands still. */
  HandoverMessage.Stream keep(SocketLocal local) {
    long now = Loop.now();
    return new HandoverMessage.Stream(
        known,
        name,
        client,
        now - openedAt,
        detachedAt < 0 ? 0 : now - detachedAt,
        local.isReadEnded(),
        local.isOutputShut(),
        stream.endpoint.keep());
  }

  /** Opens a stream for a client whose hello this is; answers at once. */
  static GateStream open(
      Gate gate,
      Loop loop,
      SocketChannel channel,
      HelloV2.Open hello,
      byte[] announcement,
      ByteBuffer early)
      throws ProtocolException {
    Endpoint endpoint = new Endpoint(gate.chunks(), new Window());
    LinkV2 link = new LinkV2(endpoint, gate.chunks(), false, 1, Loop.now());
    ServerResumptionV2.Answered opened =
        ServerResumptionV2.open(
            hello, gate.keyShare(), announcement, link.position(), gate.settings().patience());
    link.peerIsAt(new LinkV2.Position(0, hello.limit()), Loop.now());
    GateStream it = fresh(gate, loop, channel, endpoint, new ServerSide.V2(opened.resumption()));
    it.begin(2, channel, ByteBuffer.wrap(opened.answer()), link, early);
    return it;
  }

  /** Opens a stream for a client of resume v1, which needs no answer. */
  static GateStream openV1(
      Gate gate, Loop loop, SocketChannel channel, TokenV1 token, ByteBuffer early) {
    Endpoint endpoint = new Endpoint(gate.chunks(), new Window());
    LinkV1 link = LinkV1.first(endpoint, gate.chunks(), 1, new byte[0], Loop.now());
    GateStream it = fresh(gate, loop, channel, endpoint, new ServerSide.V1(token));
    it.begin(1, channel, ByteBuffer.allocate(0), link, early);
    return it;
  }

  private void begin(
      int version, SocketChannel channel, ByteBuffer answer, Link link, ByteBuffer early) {
    gate.streams().rename(this);
    gate.events().accept(new GateEvent.Opened(name, client, version));
    stream.lock.lock();
    try {
      stream.carry(channel, answer, new Opening.Done(link), early);
    } finally {
      stream.lock.unlock();
    }
  }

  ResumableStream stream() {
    return stream;
  }

  /** Whether the stream has ended. From any thread. */
  boolean isOver() {
    stream.lock.lock();
    try {
      return stream.isOver();
    } finally {
      stream.lock.unlock();
    }
  }

  /** Whether the stream has ended and the client has gone, having been told. From any thread. */
  boolean isGone() {
    stream.lock.lock();
    try {
      return stream.isOver() && stream.connection() == null;
    } finally {
      stream.lock.unlock();
    }
  }

  /** What is known of the client. */
  ServerSide known() {
    return known;
  }

  /** A name for the log. */
  String name() {
    return name;
  }

  /** When the stream lost its link, or -1 while it has one. */
  long detachedAt() {
    return detachedAt;
  }

  /**
   * The server behind the gate is connected.
   *
   * @param fromServer bytes it has already sent and the client does not have
   */
  void connected(SocketChannel channel, ByteBuffer fromServer) throws IOException {
    stream.lock.lock();
    try {
      if (stream.isOver()) {
        Loop.closeQuietly(channel);
        return;
      }
      stream.endpoint.write(fromServer);
      SocketLocal local = new SocketLocal(stream, channel);
      server = local;
      local.start();
      stream.look();
    } finally {
      stream.lock.unlock();
    }
  }

  /**
   * A server in this process takes the stream.
   *
   * @param said what the client said to it outside the stream
   */
  void serve(Behind.Acceptor acceptor, byte[] said) {
    StreamDuplex duplex = new StreamDuplex(stream);
    stream.lock.lock();
    try {
      stream.local(duplex);
      stream.drain();
    } finally {
      stream.lock.unlock();
    }
    Duplex whole = new SpokenDuplex(duplex, ByteBuffer.allocate(0), ByteBuffer.wrap(said));
    Thread.ofVirtual().start(() -> acceptor.accept(whole, name));
  }

  /** Ends the stream early. */
  void reset(End why) {
    stream.lock.lock();
    try {
      stream.reset(why);
    } finally {
      stream.lock.unlock();
    }
  }

  /**
   * A hello for this stream came over {@code channel}: takes it up if it proves to be from the
   * stream's client.
   */
  boolean resume(SocketChannel channel, HelloV2.Resume hello, ByteBuffer early) {
    stream.lock.lock();
    try {
      if (!(known instanceof ServerSide.V2(ServerResumptionV2 resumption))
          || !resumption.proves(hello)) {
        return false;
      }
      byte[] answer =
          resumption.resume(
              hello,
              gate.keyShare(),
              LinkV2.Position.of(stream.endpoint),
              gate.settings().patience());
      LinkV2 link = new LinkV2(stream.endpoint, gate.chunks(), false, 1, Loop.now());
      gate.streams().rename(this);
      back(channel);
      takeUp(channel, link, hello, answer, early);
      return true;
    } catch (ProtocolException e) {
      return false;
    } finally {
      stream.lock.unlock();
    }
  }

  /** The client of resume v1 that knows the token is back over {@code channel}. */
  void resumeV1(SocketChannel channel, ByteBuffer early) {
    stream.lock.lock();
    try {
      LinkV1 link =
          LinkV1.resumed(
              stream.endpoint, gate.chunks(), 1, AnswerV1.ACCEPTED.encoded(), Loop.now());
      back(channel);
      stream.carry(channel, ByteBuffer.allocate(0), new Opening.Done(link), early);
    } finally {
      stream.lock.unlock();
    }
  }

  private void back(SocketChannel channel) {
    SocketAddress before = client;
    Duration away = Duration.ofNanos(detachedAt < 0 ? 0 : Loop.now() - detachedAt);
    detachedAt = -1;
    client = Addresses.remote(channel);
    stopWaiting();
    gate.events().accept(new GateEvent.Resumed(name, client, before, away));
    gate.figures().resumed.incrementAndGet();
  }

  private void takeUp(
      SocketChannel channel, LinkV2 link, HelloV2.Resume hello, byte[] answer, ByteBuffer early) {
    link.peerIsAt(hello.position(), Loop.now());
    stream.carry(channel, ByteBuffer.wrap(answer), new Opening.Done(link), early);
  }

  @Override
  public void lost(String why) {
    detachedAt = Loop.now();
    gate.events().accept(new GateEvent.Detached(name, client, why, patienceNow()));
    waitForClient();
  }

  private void waitForClient() {
    stopWaiting();
    patience = stream.loop.at(detachedAt + patienceNow().toNanos(), this::outOfPatience);
  }

  private Duration patienceNow() {
    if (stream.endpoint.isFinished() && stream.endpoint.inputEnded()) {
      return shorter(LAST_WORD_PATIENCE);
    }
    long heard = stream.endpoint.receivedBytes();
    if (heard < ESTABLISHED) {
      return shorter(
          heard == 0 ? gate.settings().unusedPatience() : gate.settings().strangerPatience());
    }
    return gate.settings().patience();
  }

  private Duration shorter(Duration bound) {
    return bound.compareTo(gate.settings().patience()) < 0 ? bound : gate.settings().patience();
  }

  private void outOfPatience() {
    reset(
        new End(
            End.Reason.TIMED_OUT,
            "The gate waited %s for this client.".formatted(GateEvent.words(patienceNow()))));
    forgetAfter(stream.endpoint.receivedBytes() == 0 ? Duration.ZERO : LAST_WORD_PATIENCE);
  }

  private void stopWaiting() {
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
  }

  @Override
  public void suspect() {
    // A gate does not dial: its client does.
  }

  @Override
  public void over(@Nullable End early) {
    stopWaiting();
    gate.events()
        .accept(
            new GateEvent.Ended(
                name,
                client,
                early == null ? null : early.text(),
                stream.endpoint.receivedBytes(),
                stream.endpoint.writtenBytes(),
                Duration.ofNanos(Loop.now() - openedAt)));
    boolean untold = early != null && stream.endpoint.endIsOurs() && stream.connection() == null;
    forgetAfter(untold || early == null ? LAST_WORD_PATIENCE : Duration.ZERO);
  }

  private void forgetAfter(Duration keep) {
    stream.loop.execute(() -> stream.loop.at(Loop.now() + keep.toNanos(), this::forget));
  }

  private void forget() {
    gate.streams().forget(this);
  }
}
