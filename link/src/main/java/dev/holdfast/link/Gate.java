package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.End;
import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.KeyExchangeV1;
import dev.holdfast.stream.KeyShare;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Resumption in front of a server that knows nothing of it: accepts connections, finds out what
 * each client speaks, and keeps streams for those that can come back. It never sees what the bytes
 * mean.
 *
 * <p>Thread-safe. Every connection lives on one of the gate's loops.
 */
public final class Gate implements Closeable {
  /** For clients that are about to say what they are, before everything is handed over. */
  private static final long QUIET_AFTER = 2_000_000_000L;

  private volatile GateSettings settings;
  private final Consumer<GateEvent> events;
  private final Chunks chunks;
  private final Loops loops;
  private final StreamTable streams = new StreamTable();
  private final Arrivals arrivals = new Arrivals();
  private final Splices splices;
  private final ServerDials dials;
  private final Listeners listeners;
  private final PlainClients plain;
  private final @Nullable Elsewhere elsewhere;
  private final Beginning beginning = new Beginning(this);
  private final Returning returning;
  private final Succession succession;
  private final GateFigures figures = new GateFigures();
  private final SecureRandom random = new SecureRandom();
  private String hostId;
  private volatile boolean draining;

  /** Another process has everything; what is still known of it here is that one's. */
  private volatile boolean moved;

  private Gate(GateSettings settings, @Nullable Generations generations, Consumer<GateEvent> events)
      throws IOException {
    this.settings = settings;
    this.events = events;
    this.chunks = new Chunks(settings.memory());
    this.splices = new Splices(events);
    this.dials = new ServerDials(this::unreachable);
    this.plain = new PlainClients(events);
    this.elsewhere = generations == null ? null : new Elsewhere(this, generations);
    this.returning = new Returning(this, streams, elsewhere);
    this.hostId = generations == null ? UUID.randomUUID().toString() : generations.hostId();
    this.loops = Loops.start(settings.loops(), fault -> events.accept(new GateEvent.Fault(fault)));
    this.listeners = new Listeners(loops.first(), events, channel -> accepted(channel, false));
    this.succession = new Succession(listeners);
    MemoryCare memory = new MemoryCare(chunks, streams, figures);
    loops.first().execute(() -> memory.look(loops.first()));
    if (elsewhere != null) {
      elsewhere.start();
    }
  }

  /** Opens the listeners and begins to serve. */
  public static Gate start(GateSettings settings, Consumer<GateEvent> events) throws IOException {
    return start(settings, List.of(), events);
  }

  /** As {@link #start}, with listening sockets that were opened for us, by systemd for example. */
  public static Gate start(
      GateSettings settings, List<ServerSocketChannel> inherited, Consumer<GateEvent> events)
      throws IOException {
    return start(settings, inherited, null, events);
  }

  /**
   * The same as one of several processes of a service.
   *
   * @param generations the others, closed with the gate; null if there can't be any
   */
  public static Gate start(
      GateSettings settings,
      List<ServerSocketChannel> inherited,
      @Nullable Generations generations,
      Consumer<GateEvent> events)
      throws IOException {
    Gate gate = new Gate(settings, generations, events);
    try {
      gate.listeners.open(inherited, settings);
      return gate;
    } catch (IOException | RuntimeException e) {
      gate.close();
      throw e;
    }
  }

  /**
   * Takes everything over from the process at the other end of {@code from}, and begins to serve.
   */
  public static Gate takeOver(
      GateSettings settings, DescriptorSocket from, Consumer<GateEvent> events) throws IOException {
    return takeOver(settings, from, null, events);
  }

  /**
   * The same as one of several processes of a service. If the server is in this process, the other
   * one keeps its streams and {@code from} stays open: should this process be gone without a word,
   * that one listens again.
   *
   * @param generations the others, closed with the gate; null if there can't be any
   */
  public static Gate takeOver(
      GateSettings settings,
      DescriptorSocket from,
      @Nullable Generations generations,
      Consumer<GateEvent> events)
      throws IOException {
    Gate gate = new Gate(settings, generations, events);
    try (GateTakeover takeover = GateTakeover.receive(from)) {
      if (generations == null) {
        gate.hostId = takeover.hostId();
      }
      takeover.restore(gate);
      if (settings.target() instanceof Behind.InProcess) {
        gate.succession.after(new Predecessor(from));
      }
      gate.listeners.open(takeover.listeners(), settings);
      return gate;
    } catch (IOException | RuntimeException e) {
      gate.close();
      throw e;
    }
  }

  /**
   * Works by other settings from now on: listeners are opened and closed, and what is kept stays.
   * Memory and loops remain as they were. If it fails, nothing has changed.
   */
  public synchronized void change(GateSettings next) throws IOException {
    if (listeners.change(settings, next)) {
      succession.letPredecessorGo();
    }
    settings = next;
  }

  private void accepted(SocketChannel channel, boolean speaksFirst) {
    figures.accepted.incrementAndGet();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } catch (IOException e) {
      Loop.closeQuietly(channel);
      return;
    }
    Loop loop = loops.next();
    Arrival arrival = new Arrival(this, loop, channel, speaksFirst);
    arrivals.add(arrival, settings.mostArrivals());
    loop.execute(() -> begin(arrival, channel));
  }

  /**
   * Takes a connection that did not come in at a listener: one that this process has made because a
   * proxy asked it to.
   *
   * @param client where the client is, by the proxy's word
   * @param speaksFirst whether the client is known not to wait for the server to speak
   */
  public void adopt(SocketChannel channel, SocketAddress client, boolean speaksFirst) {
    Addresses.tell(channel, client);
    accepted(channel, speaksFirst);
  }

  private void begin(Arrival arrival, SocketChannel channel) {
    try {
      arrival.start();
    } catch (IOException e) {
      decided(arrival);
      Loop.closeQuietly(channel);
    }
  }

  /** The arrival is none any more. */
  void decided(Arrival arrival) {
    arrivals.remove(arrival);
  }

  void refused(SocketAddress client, String why) {
    figures.refused.incrementAndGet();
    events.accept(new GateEvent.Refused(client, why));
  }

  // ---- plain clients ----

  /** Joins a plain client to the server. */
  void join(Loop loop, SocketChannel client, ByteBuffer fromClient) {
    if (draining) {
      Loop.closeQuietly(client);
      return;
    }
    switch (settings.target()) {
      case Destination to ->
          dial(
              to,
              loop,
              client,
              server -> splice(loop, client, server, fromClient, ByteBuffer.allocate(0)),
              why -> Loop.closeQuietly(client));
      case Behind.InProcess here -> {
        figures.joined.incrementAndGet();
        plain.join(here.acceptor(), loop, client, fromClient);
      }
    }
  }

  /** Gives a connection to whoever keeps the entrance. */
  void enter(Loop loop, SocketChannel channel, byte[] received, Entrance.Keeper keeper) {
    if (draining) {
      Loop.closeQuietly(channel);
      return;
    }
    loop.execute(() -> {
      Caller caller = new Caller(channel, received);
      try {
        loop.makeBlocking(channel);
      } catch (IOException e) {
        caller.close();
        return;
      }
      Thread.ofVirtual().name("caller").start(() -> keeper.accept(caller));
    });
  }

  /**
   * Opens a stream for a client that came in at the entrance, with its hello and what else was read
   * of it; {@code acceptor} serves what the stream carries.
   */
  public void take(Caller client, HelloV2.Open hello, Behind.Acceptor acceptor) {
    take(client, (loop, channel, early) -> beginning.open(loop, channel, hello, early, acceptor));
  }

  /** Brings a client back that came in at the entrance to a stream that is kept here. */
  public void take(Caller client, HelloV2.Resume hello) {
    take(client, (loop, channel, early) -> returning.resume(loop, channel, hello, early));
  }

  /** Whether the stream that a client wants to come back to is kept here. */
  public boolean keeps(HelloV2.Resume hello) {
    return streams.find(hello.id()) != null;
  }

  /** What becomes of a client on a loop. */
  private interface Taking {
    void take(Loop loop, SocketChannel channel, ByteBuffer early);
  }

  private void take(Caller client, Taking taking) {
    Loop loop = loops.next();
    loop.give(
        client,
        () -> {
          try {
            client.channel().configureBlocking(false);
          } catch (IOException e) {
            client.close();
            return;
          }
          taking.take(loop, client.channel(), client.received());
        });
  }

  /**
   * Joins two connections, with what was read of each; {@code ended} runs when both are closed, on
   * a thread that may not block.
   */
  public Relay relay(Caller client, Caller node, Consumer<Relay> ended) {
    Loop loop = loops.next();
    Relay relay = new Relay(loop, ended);
    figures.joined.incrementAndGet();
    Closeable both =
        () -> {
          client.close();
          node.close();
        };
    loop.give(both, () -> splices.relay(loop, client, node, relay));
    return relay;
  }

  /** Joins two connections. */
  void splice(
      Loop loop,
      SocketChannel client,
      SocketChannel server,
      ByteBuffer fromClient,
      ByteBuffer fromServer) {
    figures.joined.incrementAndGet();
    splices.join(loop, client, server, fromClient, fromServer);
  }

  // ---- streams ----

  /** Whether no stream may begin. */
  boolean isFull() {
    return draining || streams.size() >= settings.mostStreams();
  }

  /** Those whose stream begins. */
  Beginning beginning() {
    return beginning;
  }

  /** Those who come back. */
  Returning returning() {
    return returning;
  }

  /** The streams kept. */
  StreamTable streams() {
    return streams;
  }

  // ---- the server behind ----

  /** Connects to the server on behalf of {@code client}; the outcome comes back on {@code loop}. */
  void dial(
      Destination to,
      Loop loop,
      SocketChannel client,
      Consumer<SocketChannel> connected,
      Consumer<String> failed) {
    dials.dial(to, settings.preamble(), loop, client, connected, failed);
  }

  private void unreachable(SocketAddress client, String why) {
    figures.unreachable.incrementAndGet();
    events.accept(new GateEvent.Unreachable(client, why));
  }

  // ---- what streams ask for ----

  Chunks chunks() {
    return chunks;
  }

  /** How to work at this moment. */
  GateSettings settings() {
    return settings;
  }

  Consumer<GateEvent> events() {
    return events;
  }

  GateFigures figures() {
    return figures;
  }

  /** The name by which clients of resume v1 know that they have reached the same gate again. */
  String hostId() {
    return hostId;
  }

  /** A fresh key for a client of resume v1. */
  KeyExchangeV1 keyV1() {
    return KeyExchangeV1.fresh(random);
  }

  /** A fresh key share. */
  KeyShare keyShare() {
    byte[] bytes = new byte[KeyShare.BYTES];
    random.nextBytes(bytes);
    return new KeyShare(bytes);
  }

  // ---- hand-over ----

  /**
   * Hands everything over to the process at the other end, which has asked for it: blocks until
   * that is done. The gate is closed then; if it failed, it goes on as if nothing had been.
   */
  public void handOver(DescriptorSocket to) throws IOException, InterruptedException {
    switch (settings.target()) {
      case Destination server -> moveTo(to);
      case Behind.InProcess here -> succession.give(to, hostId);
    }
  }

  /**
   * After {@link #handOver} of a gate whose server is in this process: waits until the successor at
   * the other end needs this one no more to take the listeners back, and closes them; or until it
   * is gone without a word, and listens again. Tells whether this gate listens again.
   */
  public boolean awaitSuccessor(DescriptorSocket successor) throws IOException {
    return succession.awaitSuccessor(successor);
  }

  /**
   * Gives the listeners back to the process that they were taken over from, if it would take them:
   * this one can't go on. It is to be closed.
   */
  public void giveBack() {
    succession.giveBack();
  }

  private void moveTo(DescriptorSocket to) throws IOException, InterruptedException {
    quiesce();
    loops.endWith(() -> {
      GateHandover.send(to, hostId, listeners.all(), streams.all(), splices.keep());
      moved = true;
    });
    close();
  }

  /** Lets clients that are about to say what they are do so: they would be lost. */
  private void quiesce() throws InterruptedException {
    long until = Loop.now() + QUIET_AFTER;
    while (Loop.now() < until && isDeciding()) {
      Thread.sleep(10);
    }
  }

  private boolean isDeciding() {
    return arrivals.size() > 0 || dials.underWay() > 0;
  }

  /** Goes on with a stream that another process kept. */
  void restore(HandoverMessage.Stream kept, Endpoint endpoint, SocketChannel server) {
    Loop loop = loops.next();
    loop.execute(() -> {
      try {
        GateStream.restored(this, loop, kept, endpoint, server);
      } catch (IOException e) {
        events.accept(new GateEvent.Fault(e));
      }
    });
  }

  /** Goes on with two connections that another process had joined. */
  void restore(HandoverMessage.Splice kept, SocketChannel client, SocketChannel server) {
    Loop loop = loops.next();
    loop.execute(() -> splices.restore(loop, kept, client, server));
  }

  // ---- care ----

  /** The figures of this moment. */
  public GateFigures.Values values() {
    return new GateFigures.Values(
        figures.accepted.get(),
        figures.joined.get(),
        figures.opened.get(),
        figures.resumed.get(),
        figures.refused.get(),
        figures.evicted.get(),
        figures.unreachable.get(),
        arrivals.size(),
        streams.living(),
        streams.detached(),
        splices.size() + plain.size(),
        chunks.lent(),
        figures.passed.get());
  }

  /** The addresses the gate listens at. */
  public List<SocketAddress> addresses() {
    return listeners.addresses();
  }

  /** Takes no new clients; those that are there go on, and may come back. */
  public void drain() {
    draining = true;
  }

  /**
   * Listens no more; who was accepted before is served, and streams may be resumed through the
   * other processes of the service.
   */
  public void retire() {
    listeners.stop();
    succession.letPredecessorGo();
  }

  /** Whether no client is being served any more. */
  public boolean isIdle() {
    return splices.size() + plain.size() == 0
        && streams.all().stream().allMatch(GateStream::isOver);
  }

  /**
   * Whether no client is being served or expected to say what it wants, nor to be told anything: by
   * this process.
   */
  public boolean isEmpty() {
    return moved || isEmptyHere();
  }

  private boolean isEmptyHere() {
    return splices.size() + plain.size() + streams.size() == 0 && !isDeciding();
  }

  /**
   * Ends every stream and tells its client why, so that it does not try to come back; waits for
   * that for at most {@code within}, then closes.
   */
  public void shutDown(String why, Duration within) throws InterruptedException {
    drain();
    End end = new End(End.Reason.SHUT_DOWN, why);
    streams.all().forEach(stream -> stream.stream().loop.execute(() -> stream.reset(end)));
    long until = Loop.now() + within.toNanos();
    while (Loop.now() < until && !streams.all().stream().allMatch(GateStream::isGone)) {
      Thread.sleep(5);
    }
    close();
  }

  @Override
  public void close() {
    drain();
    succession.letPredecessorGo();
    if (elsewhere != null) {
      elsewhere.close();
    }
    listeners.close();
    loops.close();
  }
}
