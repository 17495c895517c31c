package dev.holdfast.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One contender at work: its client process and the process between, both kept from the first
 * warm-up to the last measure. Confined to one thread.
 */
final class Lane implements AutoCloseable {
  private static final long LISTEN_MAX_NANOS = 30_000_000_000L;
  private static final long LOOK_NANOS = 20_000_000;

  private final Path path;
  private final int port;
  private final Scratch scratch = Scratch.make();
  private final @Nullable Child between;
  private final Child client;

  private Lane(Path path, int serverPort, int connections) throws IOException {
    this.path = path;
    int listenPort = FreePort.find();
    List<String> command = path.between(listenPort, serverPort, scratch.directory());
    if (command.isEmpty()) {
      between = null;
      port = serverPort;
    } else {
      between = Child.start(OpenFiles.allow(2 * connections, command));
      port = listenPort;
    }
    List<String> dialer = Child.java(Client.class, path.dialer().toArray(String[]::new));
    client = Child.start(OpenFiles.allow(connections, dialer));
  }

  /** Starts both processes, with room for so many connections at once. */
  static Lane start(Path path, int serverPort, int connections) throws IOException {
    var lane = new Lane(path, serverPort, connections);
    try {
      lane.awaitListening();
      return lane;
    } catch (IOException e) {
      lane.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  Child client() {
    return client;
  }

  /** Returns where a client connects when there is no delay on the way. */
  int port() {
    return port;
  }

  /** Returns the CPU time that the client has used. */
  double clientCpuSeconds() throws IOException {
    return Usage.cpuSeconds(client.pid());
  }

  /** Returns the CPU time that the process between has used. */
  double betweenCpuSeconds() throws IOException {
    return between == null ? 0 : Usage.cpuSeconds(between.pid());
  }

  /** Returns what the client uses now. */
  Usage clientUsage() throws IOException {
    return Usage.of(client.pid());
  }

  /** Returns what the process between uses now. */
  Usage betweenUsage() throws IOException {
    return between == null ? Usage.NONE : Usage.of(between.pid());
  }

  @Override
  public void close() throws IOException {
    client.close();
    if (between != null) {
      between.close();
    }
    scratch.delete();
  }

  private void awaitListening() throws IOException {
    if (between == null) {
      return;
    }
    long deadline = System.nanoTime() + LISTEN_MAX_NANOS;
    while (between.isAlive() && System.nanoTime() < deadline) {
      try (var probe = new Socket()) {
        probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    throw new IOException(
        "the process between of " + path.label() + " does not listen" + between.complaint());
  }
}
