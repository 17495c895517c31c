package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A network that tests spoil: passes connections on to a server, cuts, swallows and damages. */
final class Relay implements Closeable {
  /** Bytes after which a connection is reset, both directions counted together. */
  final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);

  /** Bytes after which one bit is flipped, once. */
  final AtomicLong flipAfter = new AtomicLong(Long.MAX_VALUE);

  /** Bytes that a client's first ones wait for, and then pass together. */
  final AtomicInteger together = new AtomicInteger();

  /** How long a client's first bytes are under way, in milliseconds. */
  volatile long late;

  /** How many connections were made. */
  final AtomicInteger connections = new AtomicInteger();

  private final ServerSocket listener = new ServerSocket();
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean swallows;
  private volatile CountDownLatch answers = new CountDownLatch(0);

  Relay(InetSocketAddress target) throws IOException {
    this.target = target;
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Resets all connections. */
  void cut() {
    for (Socket socket : sockets) {
      reset(socket);
    }
  }

  /** From now on the present connections are silent: what is sent over them is lost. */
  void swallow() {
    swallows = true;
  }

  /** What servers say waits from now on, and may pass in the end. */
  void holdAnswers() {
    answers = new CountDownLatch(1);
  }

  /** What waited passes. */
  void letGo() {
    answers.countDown();
  }

  /** Connections that are there go on, others are refused. */
  void refuse() throws IOException {
    listener.close();
  }

  /** Connections made from now on work. */
  void work() {
    swallows = false;
    cutAfter.set(Long.MAX_VALUE);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> pass(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pass(Socket client) {
    try {
      Socket server = new Socket();
      sockets.add(client);
      sockets.add(server);
      server.connect(target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      AtomicLong passed = new AtomicLong();
      boolean[] lost = {false};
      Thread.ofVirtual().start(() -> copy(client, server, passed, lost, false));
      copy(server, client, passed, lost, true);
    } catch (IOException e) {
      reset(client);
    }
  }

  private void copy(Socket from, Socket to, AtomicLong passed, boolean[] lost, boolean isAnswer) {
    byte[] bytes = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      if (!isAnswer) {
        Thread.sleep(late);
      }
      int first = isAnswer ? 0 : in.readNBytes(bytes, 0, together.get());
      for (int n = first > 0 ? first : in.read(bytes); n >= 0; n = in.read(bytes)) {
        lost[0] = lost[0] || swallows;
        if (isAnswer) {
          answers.await();
        }
        if (lost[0]) {
          continue;
        }
        long before = passed.getAndAdd(n);
        if (flipAfter.addAndGet(-n) < 0) {
          flipAfter.set(Long.MAX_VALUE);
          bytes[n / 2] ^= 4;
        }
        long most = cutAfter.get() - before;
        out.write(bytes, 0, Math.clamp(most, 0, n));
        if (most <= n) {
          reset(from);
          reset(to);
          return;
        }
      }
      if (!lost[0]) {
        to.shutdownOutput();
      }
    } catch (IOException | InterruptedException e) {
      reset(from);
      reset(to);
    }
  }

  private void reset(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  @Override
  public void close() throws IOException {
    letGo();
    listener.close();
    cut();
  }
}
