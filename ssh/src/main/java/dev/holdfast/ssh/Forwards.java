package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is listened on for one connection: ports and sockets that the client asked for, its agent's
 * socket, its displays' ports. All go with the connection. Thread-safe.
 */
final class Forwards implements ForwardPlace, AutoCloseable {
  /** Ports, sockets and displays of one connection. */
  static final int MOST_LISTENERS = 256;

  private static final String AGENT = "agent";

  private static final Logger log = LoggerFactory.getLogger(Forwards.class);

  private final ServerChannels channels;
  private final ForwardSockets sockets;
  private final @Nullable ChannelRoutes routes;
  private final Map<String, AutoCloseable> listeners = new HashMap<>();
  private @Nullable String agentSocket;
  private boolean closed;

  /**
   * Those of one connection.
   *
   * @param routes where ports lead that are no ports of this machine; null if all are
   */
  Forwards(ServerChannels channels, ForwardSockets sockets, @Nullable ChannelRoutes routes) {
    this.channels = channels;
    this.sockets = sockets;
    this.routes = routes;
  }

  @Override
  public Duplex connect(Login login, String host, int port) throws IOException {
    return routes == null ? sockets.connect(host, port) : routes.connect(login, host, port);
  }

  @Override
  public Duplex connect(Login login, String path) throws IOException {
    return sockets.connect(login, path);
  }

  @Override
  public synchronized Optional<Integer> listen(ForwardPolicy policy, String address, int port) {
    if (!policy.mayListen(address, port) || listeners.containsKey(tcp(address, port)) || isFull()) {
      return Optional.empty();
    }
    try {
      List<ServerSocketChannel> bound = ForwardSockets.listen(policy.addresses(address), port);
      int got = bound.getFirst().socket().getLocalPort();
      put(tcp(address, got), () -> closeAll(bound));
      for (ServerSocketChannel one : bound) {
        accept(
            one,
            "forwarded-tcpip",
            socket ->
                message -> {
                  message.putString(address);
                  message.putUInt(got);
                  putPeer(message, socket);
                });
      }
      return Optional.of(got);
    } catch (IOException e) {
      log.info("A port is not forwarded: {}.", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public boolean cancel(String address, int port) {
    return closeListener(tcp(address, port));
  }

  @Override
  public synchronized boolean listen(ForwardPolicy policy, String path) {
    if (!policy.mayListenOnSocket() || listeners.containsKey(socket(path)) || isFull()) {
      return false;
    }
    try {
      SocketFile file = sockets.listen(policy.login(), path);
      put(socket(path), file);
      accept(
          file.listener(),
          "forwarded-streamlocal@openssh.com",
          socket ->
              message -> {
                message.putString(path);
                message.putString("");
              });
      return true;
    } catch (IOException e) {
      log.info("A socket is not forwarded: {}.", e.getMessage());
      return false;
    }
  }

  @Override
  public boolean cancel(String path) {
    return closeListener(socket(path));
  }

  /** The path of the socket that leads to the client's agent, one for the connection. */
  synchronized Optional<String> agent(Login login) {
    if (agentSocket == null && !isFull()) {
      try {
        SocketFile file = sockets.listenPrivately(login);
        put(AGENT, file);
        accept(file.listener(), "auth-agent@openssh.com", socket -> message -> {});
        agentSocket = file.file().toString();
      } catch (IOException e) {
        log.info("The agent is not forwarded: {}.", e.getMessage());
      }
    }
    return Optional.ofNullable(agentSocket);
  }

  /** Ports of a display, which lead to the client's; false if they are taken. */
  synchronized boolean display(int port, boolean loopback, boolean once) {
    if (isFull()) {
      return false;
    }
    List<String> addresses = loopback ? List.of("127.0.0.1", "::1") : List.of("::", "0.0.0.0");
    try {
      List<ServerSocketChannel> bound = ForwardSockets.listen(addresses, port);
      put("display " + port, () -> closeAll(bound));
      for (ServerSocketChannel one : bound) {
        accept(
            one,
            "x11",
            socket -> {
              if (once) {
                closeListener("display " + port);
              }
              return message -> putPeer(message, socket);
            });
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A display is not needed any more. */
  void endDisplay(int port) {
    closeListener("display " + port);
  }

  @Override
  public void close() {
    List<AutoCloseable> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(listeners.values());
      listeners.clear();
    }
    all.forEach(Forwards::closeQuietly);
  }

  private boolean isFull() {
    return closed || listeners.size() >= MOST_LISTENERS;
  }

  private void put(String key, AutoCloseable listener) {
    listeners.put(key, listener);
  }

  private boolean closeListener(String key) {
    AutoCloseable listener;
    synchronized (this) {
      listener = listeners.remove(key);
    }
    if (listener != null) {
      closeQuietly(listener);
    }
    return listener != null;
  }

  private void accept(
      ServerSocketChannel listener,
      String type,
      Function<Duplex, ForwardedChannel.Details> details) {
    Thread.ofVirtual().name("forward-accept").start(() -> acceptAll(listener, type, details));
  }

  private void acceptAll(
      ServerSocketChannel listener,
      String type,
      Function<Duplex, ForwardedChannel.Details> details) {
    try {
      while (true) {
        SocketChannel accepted = listener.accept();
        Duplex socket = new ChannelDuplex(accepted);
        channels.forward(type, details.apply(socket), socket);
      }
    } catch (IOException e) {
      log.debug("a forward ends: {}", e.getMessage());
      closeQuietly(listener);
    }
  }

  private static void putPeer(Buffer message, Duplex socket) {
    InetSocketAddress peer =
        socket.remoteAddress() instanceof InetSocketAddress inet
            ? inet
            : InetSocketAddress.createUnresolved("", 0);
    InetAddress address = peer.getAddress();
    message.putString(address == null ? "" : AddressPattern.text(address));
    message.putUInt(peer.getPort());
  }

  private static String tcp(String address, int port) {
    return "port " + port + " " + address;
  }

  private static String socket(String path) {
    return "socket " + path;
  }

  private static void closeAll(List<ServerSocketChannel> all) {
    all.forEach(Forwards::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      log.debug("closing a listener: {}", e.getMessage());
    }
  }
}
