package dev.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** {@code holdfast serve} as a proxy, on a port of loopback. */
final class SshProxy implements AutoCloseable {
  private static final long LISTEN_MAX_NANOS = 30_000_000_000L;
  private static final long LOOK_NANOS = 20_000_000;
  private final Scratch scratch;
  private final int port;
  private final Child process;

  private SshProxy(Scratch scratch, String users, String nodes, int sockets) throws IOException {
    this.scratch = scratch;
    port = FreePort.find();
    Files.writeString(file("users"), users);
    Files.writeString(file("nodes"), nodes);
    Files.writeString(
        file("config"),
        """
        proxy:
          listen: 127.0.0.1:%d
          state-dir: %s
          users: %s
          nodes: %s
        """
            .formatted(port, file("state"), file("users"), file("nodes")));
    List<String> command =
        List.of(Resuming.launcher(), "serve", "--config", file("config").toString());
    process = Child.start(OpenFiles.allow(sockets, command));
  }

  /**
   * Starts one for one user, who may have several keys.
   *
   * @param users his public keys, a line each
   * @param nodes lines of the proxy's file of nodes
   * @param sockets that it will have at once
   */
  static SshProxy start(List<String> users, String nodes, int sockets) throws IOException {
    String lines =
        users.stream().map(it -> Crowd.USER + " " + key(it) + "\n").collect(Collectors.joining());
    var proxy = new SshProxy(Scratch.make(), lines, nodes, sockets);
    try {
      proxy.awaitListening();
      return proxy;
    } catch (IOException e) {
      proxy.close();
      throw e;
    }
  }

  /** A public key without its comment. */
  static String key(String line) {
    String[] words = line.strip().split(" ", 3);
    return words[0] + " " + words[1];
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  private java.nio.file.Path file(String name) {
    return scratch.directory().resolve(name);
  }

  private void awaitListening() throws IOException {
    long deadline = System.nanoTime() + LISTEN_MAX_NANOS;
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (var probe = new Socket(InetAddress.getLoopbackAddress(), port);
          InputStream in = probe.getInputStream()) {
        if (in.read() >= 0) {
          return;
        }
      } catch (IOException e) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    throw new IOException("the proxy does not listen" + process.complaint());
  }

  @Override
  public void close() throws IOException {
    process.close();
    scratch.delete();
  }
}
