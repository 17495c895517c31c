package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A room in which each connection says by SOCKS where it wants to go: to the start page, to the
 * window's server, or nowhere. Thread-safe.
 */
final class SocksRoom implements Room {
  /** Connections that have not said where they want to go, or that nothing is there for. */
  static final int MOST_CONNECTIONS = Door.MOST_CONNECTIONS;

  /** For what a browser has to say before it is connected. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A connection that failed longer ago is tried again for the request that comes over it. */
  private static final long FRESH_NANOS = Duration.ofMillis(500).toNanos();

  /** Hears that something of the server was opened. */
  interface Watch {
    void opened(String host, int port);
  }

  private final FarSide far;
  private final Reach reach;
  private final PageServer start;
  private final Watch watch;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("door-deadlines").factory());
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);

  SocksRoom(FarSide far, Reach reach, PageServer start, Watch watch) {
    this.far = far;
    this.reach = reach;
    this.start = start;
    this.watch = watch;
  }

  @Override
  public void take(SocketChannel accepted) {
    if (free.tryAcquire()) {
      Thread.ofVirtual().name("door").start(() -> serve(accepted));
    } else {
      new SocketDuplex(accepted).close();
    }
  }

  private void serve(SocketChannel accepted) {
    boolean isLed = false;
    try {
      isLed = lead(SocketDuplex.of(accepted));
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

  /** What is connected goes on. */
  @Override
  public void close() {
    deadlines.shutdown();
  }
}
