package dev.holdfast.browser;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way out of a browser window: a SOCKS server of which only that window's browser may make use,
 * and which leads into its {@link Room}. Thread-safe.
 */
final class Door implements AutoCloseable {
  /** Connections of one window at a time; browsers stop at fewer. */
  static final int MOST_CONNECTIONS = 1024;

  private final ServerSocketChannel listener;
  private final Callers callers;
  private final Room room;
  private final Runnable refused;
  private final Semaphore free = new Semaphore(MOST_CONNECTIONS);
  private final AtomicLong refusals = new AtomicLong();

  private Door(ServerSocketChannel listener, Callers callers, Room room, Runnable refused) {
    this.listener = listener;
    this.callers = callers;
    this.room = room;
    this.refused = refused;
  }

  /**
   * A door on loopback.
   *
   * @param port the one wanted, if it is free; 0 for any
   * @param refused run when somebody else tried to use it
   */
  static Door onLoopback(int port, Callers callers, Room room, Runnable refused)
      throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET);
    try {
      listener.bind(
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 512);
      return open(listener, callers, room, refused);
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** A door that is a socket in the file system, which only its owner may use. */
  static Door onSocket(Path socket, Room room) throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket), 512);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      return open(listener, _ -> true, room, () -> {});
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static Door open(
      ServerSocketChannel listener, Callers callers, Room room, Runnable refused) {
    Door door = new Door(listener, callers, room, refused);
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
    boolean isTaken = false;
    try {
      if (callers.mayUse(accepted)) {
        room.take(accepted);
        isTaken = true;
      } else {
        refusals.incrementAndGet();
        refused.run();
      }
    } catch (IOException e) {
      // The browser has gone.
    } finally {
      free.release();
      if (!isTaken) {
        new SocketDuplex(accepted).close();
      }
    }
  }

  /** Accepts no more; what is connected goes on. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
