package dev.holdfast.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * What a test of dialling needs: names that it answers itself, dials on virtual threads, and an end
 * to all of it.
 */
final class DialFixture {
  /** Longer than a test should take. */
  static final Duration LONG = Duration.ofSeconds(30);

  final HeldNames names = new HeldNames();
  final Resolver resolver = new Resolver(names, System::nanoTime);
  private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());

  /** Has it closed at the end. */
  <T extends AutoCloseable> T keep(T each) {
    open.add(each);
    return each;
  }

  Dial dial(Map<String, String> environment, Destination to, Duration timeout) {
    return keep(new Dialer(resolver, ProxyChoice.from(environment)).dial(to, timeout));
  }

  Dial dial(Destination to, Duration timeout) {
    return dial(Map.of(), to, timeout);
  }

  /** Connects on a virtual thread, as it is meant to be. */
  CompletableFuture<SocketChannel> start(Dial dial) {
    return start(dial, Thread::startVirtualThread);
  }

  CompletableFuture<SocketChannel> start(Dial dial, Executor where) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return keep(dial.connect());
          } catch (DialException e) {
            throw new CompletionException(e);
          }
        },
        where);
  }

  static DialFailure failure(CompletableFuture<SocketChannel> connection) {
    try {
      throw new AssertionError("connected: " + connection.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof DialException expected) {
        return expected.failure();
      }
      throw e;
    }
  }

  LoopbackServer server(String address, int port, LoopbackServer.Session session)
      throws IOException {
    return keep(LoopbackServer.start(address, port, session));
  }

  /** A port at which nothing listens. */
  static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }
}
