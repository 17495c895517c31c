package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What listens here and leads through the server (ssh_config(5), LocalForward, DynamicForward),
 * over whichever connection there is: listeners stay when a connection is lost. Thread-safe.
 */
final class LocalForwards implements AutoCloseable {
  /** For a client to say by SOCKS where it wants to go. */
  static final Duration SOCKS_TIME = Duration.ofSeconds(30);

  /** For a lost connection to come back before what was accepted meanwhile is closed. */
  static final Duration AWAY_TIME = Duration.ofSeconds(30);

  static final InetSocketAddress NOBODY = InetSocketAddress.createUnresolved("127.0.0.1", 65_535);

  private final ClientConfig config;
  private final PresentConnection connection;
  private final ForwardedConnections open;
  private final Prompts person;
  private final Map<PortForward, List<ServerSocketChannel>> listeners = new LinkedHashMap<>();
  private final List<Path> sockets = new ArrayList<>();

  LocalForwards(
      ClientConfig config,
      PresentConnection connection,
      ForwardedConnections open,
      Prompts person) {
    this.config = config;
    this.connection = connection;
    this.open = open;
    this.person = person;
  }

  /** Listens; false, and tells why, if that does not work. */
  boolean listen(PortForward forward) {
    try {
      switch (forward.listen()) {
        case PortForward.Listen.Socket socket -> listenAt(socket.path(), forward);
        case PortForward.Listen.Port port -> {
          for (InetAddress address : addresses(port)) {
            ServerSocketChannel listener = ServerSocketChannel.open();
            add(forward, listener);
            listener.bind(new InetSocketAddress(address, port.port()));
            serve(listener, forward);
          }
        }
      }
      return true;
    } catch (IOException | RuntimeException e) {
      person.tell("bind " + forward.listed().split(" ", 2)[0] + ": " + e.getMessage());
      return false;
    }
  }

  private void listenAt(String path, PortForward forward) throws IOException {
    if (config.get(ClientOptions.STREAM_LOCAL_BIND_UNLINK)) {
      Files.deleteIfExists(Path.of(path));
    }
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    add(forward, listener);
    listener.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(Path.of(path), PosixFilePermissions.fromString("rw-------"));
    synchronized (this) {
      sockets.add(Path.of(path));
    }
    serve(listener, forward);
  }

  /** Only this machine's own by default; "" and "*" are all (ssh(1), -L). */
  private List<InetAddress> addresses(PortForward.Listen.Port port) throws IOException {
    String address =
        port.address().orElse(config.get(ClientOptions.GATEWAY_PORTS) ? "*" : "localhost");
    if (address.isEmpty() || address.equals("*")) {
      return List.of(InetAddress.getByName("::"));
    }
    return List.of(InetAddress.getAllByName(address));
  }

  private synchronized void add(PortForward forward, ServerSocketChannel listener) {
    listeners.computeIfAbsent(forward, _ -> new ArrayList<>()).add(listener);
  }

  private void serve(ServerSocketChannel listener, PortForward forward) {
    Thread.ofVirtual()
        .name("forward-accept")
        .start(() -> {
          try {
            while (true) {
              SocketChannel accepted = listener.accept();
              Thread.ofVirtual().name("forward").start(() -> lead(accepted, forward));
            }
          } catch (IOException e) {
            // The listener was closed.
          }
        });
  }

  private void lead(SocketChannel accepted, PortForward forward) {
    Duplex socket = null;
    try {
      InetSocketAddress from = from(accepted.getRemoteAddress());
      int place = open.take("direct " + forward.listed() + " from " + from);
      socket = Sockets.of(accepted, () -> open.free(place));
      if (forward.to().isPresent()) {
        ClientConnection.join(socket, through(forward.to().get(), from));
      } else {
        leadBySocks(socket, from);
      }
    } catch (IOException | RuntimeException e) {
      person.tell("channel open failed: " + e.getMessage());
      close(socket, accepted);
    }
  }

  private static void close(@Nullable Duplex socket, SocketChannel accepted) {
    if (socket != null) {
      socket.close();
      return;
    }
    try {
      accepted.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  private static InetSocketAddress from(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? InetSocketAddress.createUnresolved(inet.getAddress().getHostAddress(), inet.getPort())
        : NOBODY;
  }

  private void leadBySocks(Duplex socket, InetSocketAddress from) throws IOException {
    Socks asked = Socks.accept(socket, SOCKS_TIME);
    Duplex channel;
    try {
      channel = through(asked.to(), from);
    } catch (IOException e) {
      asked.answer(false);
      throw e;
    }
    asked.answer(true);
    ClientConnection.join(socket, channel);
  }

  /** A connection through the server. */
  Duplex through(PortForward.Place place, InetSocketAddress from) throws IOException {
    ClientConnection now = connection.await(AWAY_TIME);
    return switch (place) {
      case PortForward.Place.Port port -> now.connectTo(port.host(), port.port(), from);
      case PortForward.Place.Socket socket -> now.connectTo(socket.path());
    };
  }

  /** Listens no more where that listening place is; false if it does not. */
  synchronized boolean cancel(PortForward.Listen listen) throws IOException {
    List<PortForward> found =
        listeners.keySet().stream().filter(each -> each.listen().equals(listen)).toList();
    for (PortForward forward : found) {
      for (ServerSocketChannel listener : listeners.getOrDefault(forward, List.of())) {
        listener.close();
      }
      listeners.remove(forward);
    }
    return !found.isEmpty();
  }

  /** Listens no more; what is connected goes on. */
  @Override
  public synchronized void close() {
    try {
      for (List<ServerSocketChannel> each : listeners.values()) {
        for (ServerSocketChannel listener : each) {
          listener.close();
        }
      }
      for (Path socket : sockets) {
        Files.deleteIfExists(socket);
      }
    } catch (IOException e) {
      // The process ends, and they with it.
    }
    listeners.clear();
    sockets.clear();
  }
}
