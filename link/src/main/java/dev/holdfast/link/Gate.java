package dev.holdfast.link;

import dev.holdfast.stream.AnswerV1;
import dev.holdfast.stream.AnswerV2;
import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.End;
import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.KeyExchangeV1;
import dev.holdfast.stream.KeyShare;
import dev.holdfast.stream.ProtocolException;
import dev.holdfast.stream.StreamId;
import dev.holdfast.stream.TokenV1;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
  /** Time for a connection to the server behind. */
  private static final Duration DIAL = Duration.ofSeconds(10);

  private static final long SECOND = 1_000_000_000L;

  /** Rest after accepting failed, when descriptors have run out for example. */
  private static final long ACCEPT_PAUSE = SECOND / 10;

  /** How often it is seen to that memory is not short. */
  private static final long LOOK_PAUSE = SECOND / 5;

  /** How often memory that lay unused goes back to the operating system. */
  private static final long TRIM_PAUSE = 20 * SECOND;

  private final GateSettings settings;
  private final Consumer<GateEvent> events;
  private final Chunks chunks;
  private final List<Loop> loops = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final Map<StreamId, GateStream> streams = new ConcurrentHashMap<>();
  private final Map<GateStream, List<StreamId>> names = new ConcurrentHashMap<>();
  private final Set<Arrival> arrivals = new LinkedHashSet<>();
  private final Map<Splice, Spliced> splices = new ConcurrentHashMap<>();
  private final GateFigures figures = new GateFigures();
  private final SecureRandom random = new SecureRandom();
  private String hostId = UUID.randomUUID().toString();
  private final Dialer dialer = Dialer.ofSystem(Map.of());
  private final AtomicInteger dialling = new AtomicInteger();
  private long trimAt;
  private volatile boolean draining;

  /** Who is joined, and since when. */
  private record Spliced(SocketAddress client, long since) {}

  private Gate(GateSettings settings, Consumer<GateEvent> events) {
    this.settings = settings;
    this.events = events;
    this.chunks = new Chunks(settings.memory());
  }

  /** Opens the listeners and begins to serve. */
  public static Gate start(GateSettings settings, Consumer<GateEvent> events) throws IOException {
    return start(settings, List.of(), events);
  }

  /** As {@link #start}, with listening sockets that were opened for us, by systemd for example. */
  public static Gate start(
      GateSettings settings, List<ServerSocketChannel> inherited, Consumer<GateEvent> events)
      throws IOException {
    Gate gate = new Gate(settings, events);
    try {
      gate.startLoops();
      gate.listenAt(inherited);
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
    Gate gate = new Gate(settings, events);
    try (GateTakeover takeover = GateTakeover.receive(from)) {
      gate.startLoops();
      gate.hostId = takeover.hostId();
      takeover.restore(gate);
      gate.listenAt(takeover.listeners());
      return gate;
    } catch (IOException | RuntimeException e) {
      gate.close();
      throw e;
    }
  }

  private void startLoops() throws IOException {
    for (int i = 0; i < settings.loops(); i++) {
      loops.add(Loop.start("gate-" + i, fault -> events.accept(new GateEvent.Fault(fault))));
    }
    loops.getFirst().execute(this::housekeeping);
  }

  /** Serves {@code inherited} listeners, and opens those that are missing. */
  private void listenAt(List<ServerSocketChannel> inherited) throws IOException {
    Set<SocketAddress> open = new HashSet<>();
    for (ServerSocketChannel listener : inherited) {
      listeners.add(listener);
      open.add(listener.getLocalAddress());
    }
    for (InetSocketAddress address : settings.listen()) {
      if (!open.contains(address)) {
        listen(address);
      }
    }
    for (ServerSocketChannel listener : listeners) {
      serve(listener);
    }
  }

  private void listen(InetSocketAddress address) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listeners.add(listener);
    listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    try {
      listener.bind(address, settings.backlog());
    } catch (IOException e) {
      throw new IOException(
          "Can't listen at " + GateEvent.name(address) + ": " + e.getMessage(), e);
    }
  }

  private void serve(ServerSocketChannel listener) throws IOException {
    listener.configureBlocking(false);
    events.accept(
        new GateEvent.Listening(listener.getLocalAddress(), settings.target().toString()));
    Loop loop = loops.getFirst();
    loop.execute(() -> {
      try {
        loop.register(listener, SelectionKey.OP_ACCEPT, key -> accept(loop, listener, key));
      } catch (IOException e) {
        events.accept(new GateEvent.Fault(e));
      }
    });
  }

  private void accept(Loop loop, ServerSocketChannel listener, SelectionKey key) {
    try {
      for (SocketChannel channel = listener.accept();
          channel != null;
          channel = listener.accept()) {
        accepted(channel);
      }
    } catch (IOException e) {
      if (listener.isOpen()) {
        events.accept(new GateEvent.Fault(e));
        key.interestOps(0);
        loop.at(Loop.now() + ACCEPT_PAUSE, () -> acceptAgain(key));
      }
    }
  }

  private static void acceptAgain(SelectionKey key) {
    if (key.isValid()) {
      key.interestOps(SelectionKey.OP_ACCEPT);
    }
  }

  private void accepted(SocketChannel channel) {
    figures.accepted.incrementAndGet();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } catch (IOException e) {
      Loop.closeQuietly(channel);
      return;
    }
    Loop loop = nextLoop();
    Arrival arrival = new Arrival(this, loop, channel);
    Arrival oldest = null;
    synchronized (arrivals) {
      arrivals.add(arrival);
      if (arrivals.size() > settings.mostArrivals()) {
        oldest = arrivals.iterator().next();
        arrivals.remove(oldest);
      }
    }
    if (oldest != null) {
      oldest.loop().execute(oldest::drop);
    }
    loop.execute(() -> begin(arrival, channel));
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
    synchronized (arrivals) {
      arrivals.remove(arrival);
    }
  }

  void refused(SocketAddress client, String why) {
    figures.refused.incrementAndGet();
    events.accept(new GateEvent.Refused(client, why));
  }

  // ---- plain clients ----

  /** Joins a plain client to the server. */
  void join(Loop loop, SocketChannel client, ByteBuffer fromClient) {
    switch (settings.target()) {
      case Destination to ->
          dial(
              to,
              loop,
              client,
              server -> splice(loop, client, server, fromClient, ByteBuffer.allocate(0)),
              why -> Loop.closeQuietly(client));
      case Behind.InProcess here -> joinHere(here.acceptor(), loop, client, fromClient);
    }
  }

  private void joinHere(
      Behind.Acceptor acceptor, Loop loop, SocketChannel client, ByteBuffer fromClient) {
    figures.joined.incrementAndGet();
    events.accept(new GateEvent.Joined(addressOf(client)));
    loop.execute(() -> {
      try {
        loop.makeBlocking(client);
      } catch (IOException e) {
        Loop.closeQuietly(client);
        return;
      }
      Thread.ofVirtual().start(() -> acceptor.accept(new PlainDuplex(client, fromClient)));
    });
  }

  /** Joins two connections. */
  void splice(
      Loop loop,
      SocketChannel client,
      SocketChannel server,
      ByteBuffer fromClient,
      ByteBuffer fromServer) {
    SocketAddress name = addressOf(client);
    figures.joined.incrementAndGet();
    events.accept(new GateEvent.Joined(name));
    splice(
        loop,
        client,
        server,
        name,
        Loop.now(),
        SpliceSide.fresh(fromServer),
        SpliceSide.fresh(fromClient));
  }

  private void splice(
      Loop loop,
      SocketChannel client,
      SocketChannel server,
      SocketAddress name,
      long since,
      SpliceSide toClient,
      SpliceSide toServer) {
    Splice splice = new Splice(loop, client, server, it -> left(it, name, since));
    splices.put(splice, new Spliced(name, since));
    try {
      splice.start(toClient, toServer);
    } catch (IOException e) {
      splice.close();
    }
  }

  private void left(Splice splice, SocketAddress client, long since) {
    splices.remove(splice);
    Duration lasted = Duration.ofNanos(Loop.now() - since);
    events.accept(new GateEvent.Left(client, splice.up(), splice.down(), lasted));
  }

  // ---- streams ----

  /**
   * Opens a stream for a client that knew us, and connects it to the server.
   *
   * @param said what the client said to the server before its hello, outside the stream
   */
  void open(
      Loop loop,
      SocketChannel client,
      HelloV2.Open hello,
      byte[] announcement,
      ByteBuffer early,
      byte[] said) {
    GateStream stream = openStream(loop, client, hello, announcement, early);
    if (stream == null) {
      Loop.closeQuietly(client);
    } else {
      connect(stream, loop, client, said);
    }
  }

  /** Opens a stream for a client of resume v1, and connects it to the server. */
  void openV1(Loop loop, SocketChannel client, TokenV1 token, ByteBuffer early) {
    if (isFull()) {
      refused(addressOf(client), "no room for another stream");
      Loop.closeQuietly(client);
      return;
    }
    figures.opened.incrementAndGet();
    connect(GateStream.openV1(this, loop, client, token, early), loop, client, new byte[0]);
  }

  private void connect(GateStream stream, Loop loop, SocketChannel client, byte[] said) {
    switch (settings.target()) {
      case Destination to ->
          dial(
              to,
              loop,
              client,
              server -> connected(stream, server),
              why -> unreachable(stream, why));
      case Behind.InProcess here -> stream.serve(here.acceptor(), said);
    }
  }

  private void connected(GateStream stream, SocketChannel server) {
    try {
      stream.connected(server, ByteBuffer.allocate(0));
    } catch (IOException e) {
      unreachable(stream, e.toString());
    }
  }

  private boolean isFull() {
    return draining || names.size() >= settings.mostStreams();
  }

  /** Opens a stream; null if the client's hello is of no use. */
  @Nullable GateStream openStream(
      Loop loop, SocketChannel client, HelloV2.Open hello, byte[] announcement, ByteBuffer early) {
    if (isFull()) {
      Arrival.refuse(
          client, AnswerV2.Why.BUSY, "This gate has no room for another stream; try again later.");
      return null;
    }
    try {
      GateStream stream = GateStream.open(this, loop, client, hello, announcement, early);
      figures.opened.incrementAndGet();
      return stream;
    } catch (ProtocolException e) {
      refused(addressOf(client), String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** The server can't be had for a stream. */
  void unreachable(GateStream stream, String why) {
    stream.reset(
        new End(End.Reason.UNREACHABLE, "The server behind the gate can't be reached: " + why));
  }

  /** A client comes back. */
  void resume(Loop loop, SocketChannel client, HelloV2.Resume hello, ByteBuffer early) {
    GateStream stream = streams.get(hello.id());
    if (stream == null) {
      refuseUnknown(client);
      return;
    }
    Loop home = stream.stream().loop;
    release(client, loop, home);
    home.execute(() -> {
      if (!stream.resume(client, hello, early)) {
        refuseUnknown(client);
      }
    });
  }

  /** A client of resume v1 comes back. */
  void resumeV1(Loop loop, SocketChannel client, TokenV1 token, ByteBuffer early) {
    GateStream stream = streams.get(ServerSide.V1.idOf(token));
    if (stream == null) {
      refused(addressOf(client), "no such stream");
      ArrivalV1.refuse(client, AnswerV1.NOT_FOUND);
    } else {
      release(client, loop, stream.stream().loop);
      stream.stream().loop.execute(() -> stream.resumeV1(client, early));
    }
  }

  /**
   * A loop that went on watching a connection of another's would keep it half open after its end.
   */
  private static void release(SocketChannel client, Loop from, Loop to) {
    if (!from.equals(to)) {
      from.release(client);
    }
  }

  /** The same words whether the stream is unknown or the proof wrong: a stranger learns nothing. */
  private void refuseUnknown(SocketChannel client) {
    refused(addressOf(client), "no such stream");
    Arrival.refuse(
        client,
        AnswerV2.Why.UNKNOWN,
        "The gate does not have this stream: it ended, or the gate was restarted.");
  }

  /** The names under which hellos of this stream come have changed. */
  void rename(GateStream stream) {
    List<StreamId> now = stream.known().ids();
    List<StreamId> before = names.put(stream, now);
    now.forEach(id -> streams.put(id, stream));
    if (before != null) {
      before.stream().filter(id -> !now.contains(id)).forEach(streams::remove);
    }
  }

  /** The stream is of no more interest to anybody. */
  void forget(GateStream stream) {
    List<StreamId> ids = names.remove(stream);
    if (ids != null) {
      ids.forEach(streams::remove);
    }
  }

  // ---- the server behind ----

  /** Connects to the server on behalf of {@code client}; the outcome comes back on {@code loop}. */
  void dial(
      Destination to,
      Loop loop,
      SocketChannel client,
      Consumer<SocketChannel> connected,
      Consumer<String> failed) {
    SocketAddress from = addressOf(client);
    SocketAddress at = localAddressOf(client);
    dialling.incrementAndGet();
    Thread.ofVirtual()
        .name("dial")
        .start(() -> {
          try (Dial dial = dialer.dial(to, DIAL)) {
            SocketChannel server = dial.connect();
            settings.preamble().accept(server, from, at);
            loop.give(server, () -> outcome(() -> connected.accept(server)));
          } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            figures.unreachable.incrementAndGet();
            events.accept(new GateEvent.Unreachable(from, why));
            dialled(loop, () -> failed.accept(why));
          }
        });
  }

  private void dialled(Loop loop, Runnable outcome) {
    loop.execute(() -> outcome(outcome));
  }

  private void outcome(Runnable outcome) {
    dialling.decrementAndGet();
    outcome.run();
  }

  // ---- what streams ask for ----

  Chunks chunks() {
    return chunks;
  }

  Duration patience() {
    return settings.patience();
  }

  Duration strangerPatience() {
    return settings.strangerPatience();
  }

  Duration unusedPatience() {
    return settings.unusedPatience();
  }

  Duration arrivalDeadline() {
    return settings.arrivalDeadline();
  }

  Consumer<GateEvent> events() {
    return events;
  }

  GateFigures figures() {
    return figures;
  }

  /** What is behind. */
  Behind target() {
    return settings.target();
  }

  /** Whether clients of resume v1 are served. */
  boolean speaksV1() {
    return settings.v1();
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
    quiesce();
    List<Loop.Pause> pauses = new ArrayList<>();
    boolean given = false;
    try {
      for (Loop loop : loops) {
        pauses.add(loop.pause());
      }
      GateHandover.send(to, hostId, listeners, names.keySet(), keptSplices());
      given = true;
    } finally {
      loops.forEach(given ? Loop::end : loop -> {});
      pauses.forEach(Loop.Pause::end);
    }
    close();
  }

  /** Gives clients that are about to say what they are a moment to do so. */
  private void quiesce() throws InterruptedException {
    long until = Loop.now() + SECOND / 2;
    while (Loop.now() < until && isDeciding()) {
      Thread.sleep(10);
    }
  }

  private boolean isDeciding() {
    synchronized (arrivals) {
      return !arrivals.isEmpty() || dialling.get() > 0;
    }
  }

  private Map<Splice, HandoverMessage.Splice> keptSplices() {
    Map<Splice, HandoverMessage.Splice> kept = new HashMap<>();
    splices.forEach((splice, who) ->
        kept.put(
            splice,
            new HandoverMessage.Splice(
                who.client, Loop.now() - who.since, splice.toClient(), splice.toServer())));
    return kept;
  }

  /** Goes on with a stream that another process kept. */
  void restore(HandoverMessage.Stream kept, Endpoint endpoint, SocketChannel server) {
    Loop loop = nextLoop();
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
    Loop loop = nextLoop();
    loop.execute(() ->
        splice(
            loop,
            client,
            server,
            kept.client(),
            Loop.now() - kept.ageNanos(),
            kept.toClient(),
            kept.toServer()));
  }

  private Loop nextLoop() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  // ---- care ----

  private void housekeeping() {
    long now = Loop.now();
    if (now >= trimAt) {
      chunks.trim();
      trimAt = now + TRIM_PAUSE;
    }
    if (chunks.isTight()) {
      evictOldestDetached();
    }
    loops.getFirst().at(now + LOOK_PAUSE, this::housekeeping);
  }

  private void evictOldestDetached() {
    names.keySet().stream()
        .filter(stream -> stream.detachedAt() >= 0 && !stream.stream().isOver())
        .min(Comparator.comparingLong(GateStream::detachedAt))
        .ifPresent(stream -> {
          figures.evicted.incrementAndGet();
          stream.stream()
              .loop
              .execute(() ->
                  stream.reset(
                      new End(End.Reason.EVICTED, "The gate needed the memory for others.")));
        });
  }

  /** The figures of this moment. */
  public GateFigures.Values values() {
    int arriving;
    synchronized (arrivals) {
      arriving = arrivals.size();
    }
    long detached = names.keySet().stream().filter(stream -> stream.detachedAt() >= 0).count();
    return new GateFigures.Values(
        figures.accepted.get(),
        figures.joined.get(),
        figures.opened.get(),
        figures.resumed.get(),
        figures.refused.get(),
        figures.evicted.get(),
        figures.unreachable.get(),
        arriving,
        names.size(),
        detached,
        splices.size(),
        chunks.lent());
  }

  /** The addresses the gate listens at. */
  public List<SocketAddress> addresses() {
    List<SocketAddress> addresses = new ArrayList<>();
    for (ServerSocketChannel listener : listeners) {
      try {
        addresses.add(listener.getLocalAddress());
      } catch (IOException e) {
        // Closed meanwhile.
      }
    }
    return addresses;
  }

  /** Closes the listeners and takes no new streams; those that are there go on. */
  public void drain() {
    draining = true;
    listeners.forEach(Loop::closeQuietly);
    loops.forEach(Loop::wake);
  }

  /** Whether no client is being served any more. */
  public boolean isIdle() {
    return names.isEmpty() && splices.isEmpty();
  }

  @Override
  public void close() {
    drain();
    for (Loop loop : loops) {
      loop.close();
    }
  }

  static SocketAddress addressOf(SocketChannel channel) {
    try {
      SocketAddress address = channel.getRemoteAddress();
      return address == null ? NOWHERE : address;
    } catch (IOException e) {
      return NOWHERE;
    }
  }

  private static SocketAddress localAddressOf(SocketChannel channel) {
    try {
      SocketAddress address = channel.getLocalAddress();
      return address == null ? NOWHERE : address;
    } catch (IOException e) {
      return NOWHERE;
    }
  }

  private static final SocketAddress NOWHERE = new InetSocketAddress(0);
}
