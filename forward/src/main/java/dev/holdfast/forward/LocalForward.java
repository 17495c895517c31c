package dev.holdfast.forward;

import dev.holdfast.client.Sockets;
import dev.holdfast.client.Socks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * A forward whose listener is here: on loopback, for this user's programs, at a port that stays.
 * What it leads to is one address, or what each connection asks for by SOCKS. Thread-safe.
 */
final class LocalForward implements Forward {
  /** Connections at a time; others are closed. */
  static final int MOST_CONNECTIONS = 1024;

  private final Server server;
  private final ListenPlace place;
  private final Optional<FarAddress> to;
  private final long uid;
  private final NameCheck check;
  private final LocalListener listener;
  private final Tally tally = new Tally();
  private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
  private final Set<SocketChannel> accepted = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * One that does not listen yet.
   *
   * @param to where it leads; nothing for SOCKS
   * @param guests who may connect
   * @param news hears what the person should know
   */
  LocalForward(
      Server server,
      ListenPlace place,
      Optional<FarAddress> to,
      Guests guests,
      Consumer<String> news) {
    this.server = server;
    this.place = place;
    this.to = to;
    uid = guests.uid();
    check = new NameCheck(names(guests.names(), to));
    listener =
        new LocalListener(place, words() + " of " + server.name(), news, this::leadIfThereIsRoom);
  }

  /**
   * Who may connect.
   *
   * @param uid whose programs
   * @param names by which a page may ask for this machine, besides its own
   */
  record Guests(long uid, Set<String> names) {
    Guests {
      names = Set.copyOf(names);
    }
  }

  /** Listens, now or as soon as the port is free. */
  void start() {
    listener.start();
  }

  private String words() {
    return to.map(Object::toString).orElse("SOCKS");
  }

  // ---- connections ----

  private void leadIfThereIsRoom(SocketChannel channel) {
    if (!room.tryAcquire()) {
      Passage.reset(channel);
      return;
    }
    accepted.add(channel);
    try {
      lead(channel);
    } catch (IOException | RuntimeException e) {
      Passage.reset(channel);
    } finally {
      accepted.remove(channel);
      room.release();
    }
  }

  private void lead(SocketChannel channel) throws IOException {
    if (closed || !LoopbackPeers.isOf(channel, uid)) {
      Passage.reset(channel);
    } else if (to.isPresent()) {
      leadTo(channel, to.get());
    } else {
      leadBySocks(channel);
    }
  }

  private void leadTo(SocketChannel channel, FarAddress app) throws IOException {
    boolean isPort = channel.getLocalAddress() instanceof InetSocketAddress;
    if (isPort) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    Optional<NameCheck> names = isPort ? Optional.of(check) : Optional.empty();
    try {
      Passage.carry(channel, server.open(app, Deadline.in(PATIENCE)), tally, names);
    } catch (FarFailure e) {
      tally.failed(e.trouble().words());
      Passage.refuse(channel, server.name(), app, e.trouble(), names);
    }
  }

  /** No stranger has the app's own name. */
  private static Set<String> names(Set<String> given, Optional<FarAddress> to) {
    Set<String> names = new HashSet<>(given);
    if (to.isPresent() && to.get() instanceof FarAddress.Port port) {
      names.add(port.host().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private void leadBySocks(SocketChannel channel) throws IOException {
    Socks asked = Socks.accept(Sockets.of(channel));
    FarAddress app = new FarAddress.Port(asked.to().host(), asked.to().port());
    FarStream far;
    try {
      far = server.open(app, Deadline.in(PATIENCE));
    } catch (FarFailure e) {
      tally.failed(e.trouble().words());
      asked.answer(false);
      Passage.close(channel);
      return;
    }
    asked.answer(true);
    Passage.carry(channel, far, tally, Optional.empty());
  }

  // ---- for who looks ----

  @Override
  public Server server() {
    return server;
  }

  @Override
  public String text() {
    return place.text() + " " + words();
  }

  @Override
  public ForwardStatus status(long id) {
    ServerState state = server.state();
    Optional<String> conflict = listener.conflict();
    return new ForwardStatus(
        id,
        server.name(),
        to.isPresent() ? "local" : "dynamic",
        listener.from(),
        to.map(Object::toString).orElse(""),
        conflict.isPresent() ? "not listening" : state.phase().word(),
        state.roundTrip(),
        tally.connections(),
        tally.sent(),
        tally.received(),
        conflict.or(tally::lastError).or(() -> state.trouble().map(Trouble::words)),
        to.flatMap(server::known).map(App::pooling));
  }

  @Override
  public void close() {
    closed = true;
    listener.close();
    accepted.forEach(Passage::close);
  }
}
