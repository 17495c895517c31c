package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.End;
import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.KeyExchangeV1;
import dev.holdfast.stream.KeyShare;
import dev.holdfast.stream.StreamId;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
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
  private final ServerDials dials;
  private final Listeners listeners;
  private final Joins joins;
  private final Callers callers;
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
    this.dials = new ServerDials(this::unreachable);
    this.elsewhere = generations == null ? null : new Elsewhere(this, generations);
    this.returning = new Returning(this, streams, elsewhere);
    this.hostId = generations == null ? UUID.randomUUID().toString() : generations.hostId();
    this.loops = Loops.start(settings.loops(), fault -> events.accept(new GateEvent.Fault(fault)));
    this.joins = new Joins(this, loops);
    this.callers = new Callers(this, loops);
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

  // ---- what becomes of connections ----

  /** Whether nobody new is served any more. */
  boolean isDraining() {
    return draining;
  }

  /** Those who came in at the entrance. */
  public Callers callers() {
    return callers;
  }

  /** Those that are joined without a stream. */
  Joins joins() {
    return joins;
  }

  /** Whether another process of the service keeps a stream; blocks. */
  Kept keptElsewhere(StreamId id) {
    return elsewhere == null ? Kept.NO : elsewhere.keeps(id);
  }

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
      GateHandover.send(to, hostId, listeners.all(), streams.all(), joins.keep());
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
        joins.size(),
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
    return joins.size() == 0 && streams.all().stream().allMatch(GateStream::isOver);
  }

  /**
   * Whether no client is being served or expected to say what it wants, nor to be told anything: by
   * this process.
   */
  public boolean isEmpty() {
    return moved || isEmptyHere();
  }

  private boolean isEmptyHere() {
    return joins.size() + streams.size() == 0 && !isDeciding();
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
