package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The sockets at which a gate listens: opened, inherited, or given by a predecessor. Thread-safe.
 */
final class Listeners implements Closeable {
  /** A loop that has ended rests anyway. */
  private static final Duration REST = Duration.ofSeconds(5);

  /** Rest after accepting failed, when descriptors have run out for example. */
  private static final long ACCEPT_PAUSE = 100_000_000;

  private final Loop loop;
  private final Consumer<GateEvent> events;
  private final Consumer<SocketChannel> accepted;
  private final List<ServerSocketChannel> listeners = new CopyOnWriteArrayList<>();

  /** Whether somebody else accepts. Changed on the loop. */
  private boolean resting;

  /** None yet; {@code accepted} is called on {@code loop} with each client. */
  Listeners(Loop loop, Consumer<GateEvent> events, Consumer<SocketChannel> accepted) {
    this.loop = loop;
    this.events = events;
    this.accepted = accepted;
  }

  /** Serves {@code inherited} listeners, and opens those that are missing. */
  void open(List<ServerSocketChannel> inherited, GateSettings settings) throws IOException {
    listeners.addAll(inherited);
    openMissing(settings);
    for (ServerSocketChannel listener : listeners) {
      serve(listener, settings);
    }
  }

  private List<ServerSocketChannel> openMissing(GateSettings wanted) throws IOException {
    List<ServerSocketChannel> opened = new ArrayList<>();
    try {
      for (InetSocketAddress address : wanted.listen()) {
        if (listeners.stream().noneMatch(listener -> isAt(listener, address))) {
          opened.add(listen(address, wanted.backlog()));
        }
      }
    } catch (IOException e) {
      opened.forEach(Loop::closeQuietly);
      throw e;
    }
    listeners.addAll(opened);
    return opened;
  }

  /** An IPv4 wildcard is bound as the IPv6 one, which takes both. */
  private static boolean isAt(ServerSocketChannel listener, InetSocketAddress address) {
    try {
      return listener.getLocalAddress() instanceof InetSocketAddress at
          && at.getPort() == address.getPort()
          && (at.getAddress().equals(address.getAddress())
              || (at.getAddress().isAnyLocalAddress() && address.getAddress().isAnyLocalAddress()));
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocketChannel listen(InetSocketAddress address, int backlog)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    try {
      listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      listener.bind(address, backlog);
      return listener;
    } catch (IOException e) {
      Loop.closeQuietly(listener);
      throw new IOException(
          "Can't listen at %s: %s.".formatted(GateEvent.name(address), whyNot(address, e)), e);
    }
  }

  private static String whyNot(InetSocketAddress address, IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("in use")) {
      return "another process listens there; end it, choose another port, or --take-over from a"
          + " running gate";
    }
    if (message.contains("Permission") && address.getPort() < 1024) {
      return "a port below 1024 needs root, CAP_NET_BIND_SERVICE or socket activation";
    }
    InetAddress host = address.getAddress();
    if (message.contains("assign") && host != null) {
      return "this machine does not have the address " + host.getHostAddress();
    }
    return message;
  }

  /**
   * Listens at the addresses of {@code next} instead of those of {@code before}; tells whether any
   * was closed. If that fails, nothing has changed.
   */
  boolean change(GateSettings before, GateSettings next) throws IOException {
    for (ServerSocketChannel listener : openMissing(next)) {
      serve(listener, next);
    }
    List<ServerSocketChannel> unwanted =
        before.listen().stream()
            .filter(address -> !next.listen().contains(address))
            .flatMap(address -> listeners.stream().filter(listener -> isAt(listener, address)))
            .toList();
    unwanted.forEach(this::stopListening);
    return !unwanted.isEmpty();
  }

  private void stopListening(ServerSocketChannel listener) {
    listeners.remove(listener);
    loop.execute(() -> Loop.closeQuietly(listener));
  }

  private void serve(ServerSocketChannel listener, GateSettings settings) throws IOException {
    listener.configureBlocking(false);
    events.accept(
        new GateEvent.Listening(listener.getLocalAddress(), settings.target().toString()));
    loop.execute(() -> {
      try {
        loop.register(listener, interest(), key -> accept(listener, key));
      } catch (IOException e) {
        events.accept(new GateEvent.Fault(e));
      }
    });
  }

  private void accept(ServerSocketChannel listener, SelectionKey key) {
    try {
      for (SocketChannel channel = listener.accept();
          channel != null;
          channel = listener.accept()) {
        accepted.accept(channel);
      }
    } catch (IOException e) {
      if (listener.isOpen()) {
        events.accept(new GateEvent.Fault(e));
        key.interestOps(0);
        loop.at(Loop.now() + ACCEPT_PAUSE, () -> acceptAgain(key));
      }
    }
  }

  private void acceptAgain(SelectionKey key) {
    if (key.isValid()) {
      key.interestOps(interest());
    }
  }

  private int interest() {
    return resting ? 0 : SelectionKey.OP_ACCEPT;
  }

  /** Accepts nothing from now on; the sockets stay open for the process that does. */
  void rest() throws InterruptedException {
    CountDownLatch resting = new CountDownLatch(1);
    loop.execute(() -> {
      rest(true);
      resting.countDown();
    });
    resting.await(REST.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Accepts again. */
  void wake() {
    loop.execute(() -> rest(false));
  }

  private void rest(boolean whether) {
    resting = whether;
    for (ServerSocketChannel listener : listeners) {
      try {
        loop.register(listener, interest(), key -> accept(listener, key));
      } catch (IOException e) {
        events.accept(new GateEvent.Fault(e));
      }
    }
  }

  /** Closes the sockets; what was accepted at them goes on. */
  void stop() {
    listeners.forEach(this::stopListening);
  }

  /** The sockets themselves, to be handed over. */
  List<ServerSocketChannel> all() {
    return List.copyOf(listeners);
  }

  /** Where they listen. */
  List<SocketAddress> addresses() {
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

  @Override
  public void close() {
    listeners.forEach(Loop::closeQuietly);
  }
}
