package dev.holdfast.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A long way, in user space: a TCP relay on loopback that delivers every byte a fixed time after it
 * was sent, that can be cut, fall silent and heal; thread-safe.
 *
 * <p>With one-way delay <i>d</i> and a client that connects at instant 0:
 *
 * <pre>
 *   client                      relay                          server
 *     0   connect() returns at once (the kernel answers for the relay)
 *         the handshake is accounted for afterwards: nothing that the client sends
 *         departs before 2d, when TCP's own round trip would be over
 *    3d                          the server sees the connection, and the client's first bytes
 *    4d   the server's first bytes reach the client
 *     x   sent                   delivered at x + d, in order, both ways, independent of each other
 * </pre>
 *
 * <p>There is no bandwidth limit, but TCP's window is modelled: half of {@link Shape#windowBytes}
 * may be under way in one direction of a link, then reading stops until some have arrived. That
 * allows a window in each round trip, as in TCP, whose other half is acknowledgements on their way
 * back.
 *
 * <p>Silence: nothing is delivered. A SYN is lost as on a real network: while it is silent the
 * listener's queue is kept full, so the kernel drops the client's SYN and sends it again at its own
 * times (1, 2, 3, 4, 5, 7 … s). Bytes are lost too: after silence they arrive when TCP would have
 * retransmitted them ({@link Retransmission}), or never, if the links stall, as when a NAT box has
 * forgotten them.
 *
 * <p>Not modelled: loss, congestion and slow start, jitter, segment boundaries, a sender that
 * learns from missing acknowledgements (to the client's kernel everything was acknowledged at
 * once), and a bound of TCP's send buffer on what departs into silence.
 */
final class DelayRelay implements Closeable {
  /**
   * The window of TCP unless said otherwise: 447 MB/s at 150 ms. It is twice the most that Linux
   * gives a receiver and 16 times what it gives a sender ({@code tcp_rmem}, {@code tcp_wmem},
   * 6.18).
   */
  static final long WINDOW_BYTES = 64L << 20;

  /** So many links at once; further ones are refused by a reset. */
  static final int LINKS_MAX = 256;

  private static final int BACKLOG = 32;
  private static final int PLUGS_MAX = BACKLOG + 4;
  private static final long PLUG_WAIT_NANOS = 50_000_000;
  private static final long DRAIN_MAX_NANOS = 1_000_000_000;
  private static final long DRAIN_LOOK_NANOS = 50_000;

  /** What the way is like: its delay in one direction, and TCP's window on it. */
  record Shape(long oneWayNanos, long windowBytes) {
    Shape {
      if (oneWayNanos < 0 || windowBytes < 2) {
        throw new IllegalArgumentException(
            "delay " + oneWayNanos + " ns, window " + windowBytes + " bytes");
      }
    }

    /** Returns the shape of a way that takes so long there and back. */
    static Shape roundTrip(Duration roundTrip, long windowBytes) {
      return new Shape(roundTrip.toNanos() / 2, windowBytes);
    }

    /** Returns how many bytes are under way in one direction at most. */
    long bytesMax() {
      return windowBytes / 2;
    }
  }

  /** What becomes of the old links when a silence ends. */
  enum OldLinks {
    /** They go on, as soon as TCP would have sent again what was lost. */
    RETRANSMIT,
    /** They stall for good, as when a box on the way has forgotten them. */
    STALL
  }

  private final ServerSocketChannel listener;
  private final InetSocketAddress to;
  private final Shape shape;
  private final Segments segments;
  private final Weather weather = new Weather();
  private final ConcurrentLinkedQueue<DelayedLink> links = new ConcurrentLinkedQueue<>();

  /** Connections of our own that keep the listener's queue full; guarded by {@code this}. */
  private final List<SocketChannel> plugs = new ArrayList<>();

  /** The local ports of plugs that have not been accepted yet. */
  private final Set<Integer> plugPorts = ConcurrentHashMap.newKeySet();

  private DelayRelay(
      ServerSocketChannel listener, InetSocketAddress to, Shape shape, Segments segments) {
    this.listener = listener;
    this.to = to;
    this.shape = shape;
    this.segments = segments;
  }

  /** Starts a way to a port of loopback. */
  static DelayRelay start(int toPort, Shape shape, Segments segments) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(loopback, 0), BACKLOG);
    var relay = new DelayRelay(listener, new InetSocketAddress(loopback, toPort), shape, segments);
    Thread.ofPlatform().name("delay, accepting").daemon().start(relay::accept);
    return relay;
  }

  /** Returns the port of loopback where clients connect. */
  int port() {
    return listener.socket().getLocalPort();
  }

  /** Returns how many links are neither finished nor cut. */
  int links() {
    links.removeIf(DelayedLink::isClosed);
    return links.size();
  }

  /** Resets every link that there is now, at both ends; the next one finds the way open. */
  void reset() {
    List.copyOf(links).forEach(DelayedLink::reset);
  }

  /** Stalls every link that there is now, for good; the next one finds the way open. */
  void stall() {
    List.copyOf(links).forEach(DelayedLink::stall);
  }

  /** Lets nothing pass any more, be it of a link or of a client that connects. */
  synchronized void silence() throws IOException {
    weather.silence();
    SocketChannel plug = plug();
    while (plug != null) {
      plugs.add(plug);
      plug = plugs.size() < PLUGS_MAX ? plug() : null;
    }
  }

  /**
   * Ends the silence and says what becomes of the links from before it; returns once new
   * connections are accepted again.
   */
  synchronized void heal(OldLinks old) throws IOException {
    if (old == OldLinks.STALL) {
      stall();
    }
    for (SocketChannel plug : plugs) {
      plug.close();
    }
    plugs.clear();
    weather.clear();
    long deadline = System.nanoTime() + DRAIN_MAX_NANOS;
    while (!plugPorts.isEmpty() && listener.isOpen() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(DRAIN_LOOK_NANOS);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    heal(OldLinks.STALL);
    reset();
  }

  /** Connects to our own listener; null when its queue is full. */
  private @Nullable SocketChannel plug() throws IOException {
    SocketChannel plug = SocketChannel.open();
    plug.configureBlocking(false);
    boolean connected = plug.connect(listener.getLocalAddress());
    long deadline = System.nanoTime() + PLUG_WAIT_NANOS;
    while (!connected && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PLUG_WAIT_NANOS / 50);
      connected = plug.finishConnect();
    }
    if (!connected) {
      plug.close();
      return null;
    }
    plugPorts.add(plug.socket().getLocalPort());
    return plug;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel near = listener.accept();
        weather.awaitClear();
        if (plugPorts.remove(near.socket().getPort())) {
          near.close();
        } else {
          admit(near);
        }
      }
    } catch (IOException e) {
      // The listener was closed: that is the end of the relay.
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the accepting thread", e);
    }
  }

  private void admit(SocketChannel near) {
    var link = new DelayedLink(near, to, shape, weather, segments);
    if (links() < LINKS_MAX) {
      links.add(link);
      link.start();
    } else {
      link.reset();
    }
  }
}
