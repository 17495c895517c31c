package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A TCP relay on loopback that is a bad network on request: it resets its connections at chosen
 * bytes or at random times, is silent, damages bits, delays, and is slow; and it counts what it
 * did. Thread-safe: its own monitor guards all that it decides, and no I/O but the closing of
 * sockets happens under it.
 */
final class CuttingRelay implements AutoCloseable {
  private final InetSocketAddress to;
  private final InetSocketAddress address;
  private final Set<RelayedConnection> connections = new HashSet<>();
  private final Set<RelayedConnection> forgotten = new HashSet<>();
  private final Map<Direction, Damage> damages = new EnumMap<>(Direction.class);
  private final Map<Direction, Long> bytes = new EnumMap<>(Direction.class);
  private @Nullable ServerSocket listener;
  private @Nullable Silence silence;
  private boolean closed;
  private CutPlan plan = CutPlan.none();
  private long untilCut = Long.MAX_VALUE;
  private long accepted;
  private long resets;
  private volatile Duration delay = Duration.ZERO;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  /** Opens a relay on a free port of loopback. */
  CuttingRelay(InetSocketAddress to) {
    this.to = to;
    for (Direction direction : Direction.values()) {
      bytes.put(direction, 0L);
    }
    try {
      ServerSocket first = new ServerSocket(0, 128, InetAddress.ofLiteral("127.0.0.1"));
      this.address = (InetSocketAddress) first.getLocalSocketAddress();
      listen(first);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * One-way delay of each byte from now on. The bytes under way are many at once, as on a long
   * line.
   */
  void delay(Duration oneWay) {
    delay = oneWay;
  }

  Duration delay() {
    return delay;
  }

  /** The most that each connection carries in each direction from now on. */
  void rate(long newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
  }

  long rate() {
    return bytesPerSecond;
  }

  /**
   * From now on resets all connections after the bytes that the plan says, both directions counted.
   */
  synchronized void cut(CutPlan newPlan) {
    plan = newPlan;
    untilCut = plan.nextGap();
  }

  /** Resets all connections at once; both ends see a reset. */
  synchronized void reset() {
    if (!connections.isEmpty()) {
      resets++;
    }
    List.copyOf(connections).forEach(RelayedConnection::reset);
    connections.clear();
  }

  /** Resets all connections so many times, at times drawn from a seed; returns after the last. */
  void resetAtRandomTimes(long seed, int times, Duration meanGap) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < times; i++) {
      LockSupport.parkNanos(random.nextLong(2 * meanGap.toNanos()));
      reset();
    }
  }

  synchronized void fallSilent(Silence how) {
    silence = how;
    if (how != Silence.STALLED) {
      List.copyOf(connections).forEach(this::forget);
    }
    if (how == Silence.REFUSING && listener != null) {
      closeQuietly(listener);
    }
  }

  synchronized void heal() {
    boolean refused = silence == Silence.REFUSING;
    silence = null;
    notifyAll();
    if (refused && !closed) {
      try {
        ServerSocket again = new ServerSocket();
        again.setReuseAddress(true);
        again.bind(address, 128);
        listen(again);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Inverts one bit in every so many bytes of that direction.
   *
   * @param sparing the bytes at the beginning of each connection that stay whole
   */
  synchronized void damage(Direction direction, long seed, long everyBytes, long sparing) {
    damages.put(direction, new Damage(seed, everyBytes, sparing));
  }

  synchronized long damagedBits() {
    return damages.values().stream().mapToLong(Damage::done).sum();
  }

  /** Connections accepted so far. */
  synchronized long accepted() {
    return accepted;
  }

  /** Times at which living connections were reset. */
  synchronized long resets() {
    return resets;
  }

  synchronized long bytes(Direction direction) {
    return bytes.getOrDefault(direction, 0L);
  }

  /** Waits while the network stalls; false once this relay is closed. */
  synchronized boolean awaitPassage() throws InterruptedException {
    while (silence == Silence.STALLED && !closed) {
      wait();
    }
    return !closed;
  }

  /**
   * Decides on bytes about to be written: damages them in place and says how many of them pass
   * before a cut; none once the connection was reset.
   *
   * @param position bytes of this connection and direction that passed before
   */
  synchronized int admit(
      RelayedConnection connection, Direction direction, long position, byte[] data) {
    if (!connections.contains(connection)) {
      return 0;
    }
    Damage damage = damages.get(direction);
    if (damage != null) {
      damage.apply(position, data);
    }
    long spared = Math.clamp(plan.sparing() - position, 0L, data.length);
    long counted = Math.min(data.length - spared, untilCut);
    untilCut -= counted;
    bytes.merge(direction, spared + counted, Long::sum);
    return (int) (spared + counted);
  }

  /** Carries out the cut if the bytes up to it have been written. */
  synchronized void cutIfDue() {
    if (untilCut == 0) {
      untilCut = plan.nextGap();
      reset();
    }
  }

  synchronized void ended(RelayedConnection connection) {
    connections.remove(connection);
  }

  private synchronized void listen(ServerSocket socket) {
    listener = socket;
    Thread.ofPlatform().daemon().name("relay-accept").start(() -> acceptAll(socket));
  }

  private void acceptAll(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        accepted(socket.accept());
      } catch (IOException e) {
        // Closed by us: the loop ends. Or the client left before it was accepted: the next one.
      }
    }
  }

  private synchronized void accepted(Socket client) {
    if (closed) {
      closeQuietly(client);
      return;
    }
    accepted++;
    RelayedConnection connection = new RelayedConnection(this, client, to);
    connections.add(connection);
    if (silence == Silence.FORGOTTEN) {
      forget(connection);
    }
    connection.start();
  }

  private synchronized void forget(RelayedConnection connection) {
    connections.remove(connection);
    forgotten.add(connection);
    connection.forget();
  }

  private static void closeQuietly(AutoCloseable socket) {
    try {
      socket.close();
    } catch (Exception e) {
      // There is nothing else to do with it.
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    if (listener != null) {
      closeQuietly(listener);
    }
    reset();
    forgotten.forEach(RelayedConnection::reset);
  }

  /** Inverts bits. Confined to its relay's monitor. */
  private static final class Damage {
    private final RandomGenerator random;
    private final long every;
    private final long sparing;
    private long until;
    private long done;

    Damage(long seed, long every, long sparing) {
      this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      this.every = every;
      this.sparing = sparing;
      this.until = random.nextLong(2 * every);
    }

    long done() {
      return done;
    }

    void apply(long position, byte[] data) {
      int from = Math.clamp(sparing - position, 0, data.length);
      for (long at = from + until; at < data.length; at = from + until) {
        data[(int) at] ^= (byte) (1 << random.nextInt(8));
        done++;
        until += 1 + random.nextLong(2 * every);
      }
      until -= data.length - from;
    }
  }
}
