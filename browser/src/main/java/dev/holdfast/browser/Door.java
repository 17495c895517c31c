package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way out of a browser window: a SOCKS server of which only that window's browser may make use,
 * and which leads to the window's server. Thread-safe.
 */
final class Door implements AutoCloseable {
  /** Connections of one window at a time; browsers stop at fewer. */
  static final int MOST_CONNECTIONS = 1024;

  /** For what a browser has to say before it is connected. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A connection that failed longer ago is tried again for the request that comes over it. */
  private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

  /** Hears what the browser does. */
  interface Watch {
    /** Something of the server was opened there. */
    void opened(String host, int port);

    /** Somebody else tried to use the door. */
    void refused();
  }

  private final FarSide far;
  private final Reach reach;
  private final PageServer start;
  private final Watch watch;
  private final ServerSocketChannel listener;
  private final Callers callers;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("door-deadlines").factory());
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
  private final AtomicLong refusals = new AtomicLong();

  private Door(
      ServerSocketChannel listener,
      Callers callers,
      FarSide far,
      Reach reach,
      PageServer start,
      Watch watch) {
    this.listener = listener;
    this.callers = callers;
    this.far = far;
    this.reach = reach;
    this.start = start;
    this.watch = watch;
  }

  /** What a door leads to, whatever it listens on. */
  record Rooms(FarSide far, Reach reach, PageServer start, Watch watch) {}

  /**
   * A door on loopback.
   *
   * @param port the one wanted, if it is free; 0 for any
   */
  static Door onLoopback(int port, Callers callers, Rooms rooms) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
    try {
      listener.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 512);
      return open(listener, callers, rooms);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** A door that is a socket in the file system, which only its owner may use. */
  static Door onSocket(Path socket, Rooms rooms) throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket), 512);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      return open(listener, _ -> true, rooms);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static Door open(ServerSocketChannel listener, Callers callers, Rooms rooms) {
    Door door = new Door(listener, callers, rooms.far, rooms.reach, rooms.start, rooms.watch);
    Thread.ofPlatform().daemon().name("door").start(door::accept);
    return door;
  }

  /** The port, of one on loopback. */
  int port() throws IOException {
    return ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  /** How many connections of others were turned away. */
  long refusals() {
    return refusals.get();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel accepted = listener.accept();
        if (free.tryAcquire()) {
          Thread.ofVirtual().name("door").start(() -> serve(accepted));
        } else {
          accepted.close();
        }
      } catch (IOException e) {
        pauseUnlessClosed();
      }
    }
  }

  /** When there are no descriptors left, accept() fails at once, again and again. */
  private void pauseUnlessClosed() {
    try {
      if (listener.isOpen()) {
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel accepted) {
    boolean isLed = false;
    try {
      if (callers.mayUse(accepted)) {
        isLed = lead(SocketDuplex.of(accepted));
      } else {
        refusals.incrementAndGet();
        watch.refused();
      }
    } catch (IOException e) {
      // The browser has gone, or speaks something else.
    } finally {
      free.release();
      if (!isLed) {
        new SocketDuplex(accepted).close();
      }
    }
  }

  /** Whether the connection is in other hands now. */
  private boolean lead(Duplex browser) throws IOException {
    Optional<SocksRequest> asked = within(browser, SocksRequest::read);
    if (asked.isEmpty()) {
      return false;
    }
    switch (reach.of(asked.get())) {
      case Reach.Way.Start() -> {
        answer(browser, SocksRequest.Answer.DONE);
        start.serve(browser);
        return false;
      }
      case Reach.Way.Closed(String host) -> {
        return turnAway(browser, asked.get(), host);
      }
      case Reach.Way.Far(String host, int port) -> {
        return lead(browser, host, port);
      }
    }
  }

  private boolean turnAway(Duplex browser, SocksRequest asked, String host) throws IOException {
    if (asked.port() != 80) {
      answer(browser, SocksRequest.Answer.NOT_ALLOWED);
      return false;
    }
    answer(browser, SocksRequest.Answer.DONE);
    PageRequest.Read read = within(browser, PageRequest::read);
    if (read.request().filter(PageRequest::wantsPage).isPresent()) {
      PageServer.send(browser, TroublePage.closed(far.login(), host));
    }
    return false;
  }

  private boolean lead(Duplex browser, String host, int port) throws IOException {
    Duplex channel;
    try {
      channel = open(host, port);
    } catch (OpenFailure e) {
      answer(browser, SocksRequest.Answer.DONE);
      return explain(browser, host, port, e);
    }
    try {
      answer(browser, SocksRequest.Answer.DONE);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    join(browser, channel, host, port);
    return true;
  }

  /** Not every server has both of loopback's addresses behind the name. */
  private Duplex open(String host, int port) throws OpenFailure {
    try {
      return far.open(host, port);
    } catch (OpenFailure e) {
      if (!host.equals("localhost") || e.why() != OpenFailure.Why.NOTHING_LISTENS) {
        throw e;
      }
      try {
        return far.open("::1", port);
      } catch (OpenFailure _) {
        throw e;
      }
    }
  }

  private void join(Duplex browser, Duplex channel, String host, int port) {
    watch.opened(host, port);
    ClientConnection.join(browser, channel);
  }

  /**
   * Nothing is there: whoever asks for a page gets one that says why; all else sees the connection
   * end. A browser may have connected ahead of its request: then it is tried once more.
   */
  private boolean explain(Duplex browser, String host, int port, OpenFailure failure)
      throws IOException {
    long failed = System.nanoTime();
    PageRequest.Read read = within(browser, PageRequest::read);
    if (read.bytes().length == 0) {
      return false;
    }
    OpenFailure last = failure;
    if (System.nanoTime() - failed > FRESH_NANOS) {
      try {
        Duplex channel = open(host, port);
        channel.write(ByteBuffer.wrap(read.bytes()));
        join(browser, channel, host, port);
        return true;
      } catch (OpenFailure e) {
        last = e;
      }
    }
    if (read.request().filter(PageRequest::wantsPage).isPresent()) {
      PageServer.send(browser, TroublePage.of(far.login(), address(host, port), last));
    }
    return false;
  }

  private interface Reading<T> {
    T from(Duplex browser) throws IOException;
  }

  /** What is read, unless that takes too long: then the connection is ended. */
  private <T> T within(Duplex browser, Reading<T> reading) throws IOException {
    Future<?> end = deadlines.schedule(browser::close, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return reading.from(browser);
    } finally {
      end.cancel(false);
    }
  }

  private static String address(String host, int port) {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  private static void answer(Duplex browser, SocksRequest.Answer answer) throws IOException {
    browser.write(ByteBuffer.wrap(answer.bytes()));
  }

  /** Accepts no more; what is connected goes on. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It is gone either way.
    }
    deadlines.shutdown();
  }
}
