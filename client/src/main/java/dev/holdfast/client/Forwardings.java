package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ForwardTarget;
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
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The forwardings of one connection (ssh_config(5), LocalForward, RemoteForward, DynamicForward).
 * Thread-safe.
 */
final class Forwardings implements AutoCloseable {
  private static final InetSocketAddress NOBODY =
      InetSocketAddress.createUnresolved("127.0.0.1", 65_535);

  private final ClientConfig config;
  private final ClientConnection connection;
  private final Prompts person;
  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final List<Path> sockets = new ArrayList<>();

  Forwardings(ClientConfig config, ClientConnection connection, Prompts person) {
    this.config = config;
    this.connection = connection;
    this.person = person;
  }

  /** Starts all of them; false if one does not work and ExitOnForwardFailure is set. */
  boolean start() {
    boolean all = true;
    for (PortForward forward : config.get(ClientOptions.LOCAL_FORWARD)) {
      all &= listen(forward);
    }
    for (PortForward forward : config.get(ClientOptions.DYNAMIC_FORWARD)) {
      all &= listen(forward);
    }
    for (PortForward forward : config.get(ClientOptions.REMOTE_FORWARD)) {
      all &= askFor(forward);
    }
    if (!all && config.get(ClientOptions.EXIT_ON_FORWARD_FAILURE)) {
      person.tell("Could not request local forwarding.");
      return false;
    }
    return true;
  }

  private boolean listen(PortForward forward) {
    try {
      switch (forward.listen()) {
        case PortForward.Listen.Socket socket -> listenAt(socket.path(), forward);
        case PortForward.Listen.Port port -> {
          for (InetAddress address : addresses(port)) {
            ServerSocketChannel listener = ServerSocketChannel.open();
            add(listener);
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
    add(listener);
    listener.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(
        Path.of(path), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
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

  private synchronized void add(ServerSocketChannel listener) {
    listeners.add(listener);
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
      socket = Sockets.of(accepted);
      InetSocketAddress from = from(accepted.getRemoteAddress());
      if (forward.to().isPresent()) {
        ClientConnection.join(socket, open(forward.to().get(), from));
      } else {
        leadBySocks(socket, from);
      }
    } catch (IOException | RuntimeException e) {
      person.tell("channel open failed: " + e.getMessage());
      if (socket != null) {
        socket.close();
      }
    }
  }

  private static InetSocketAddress from(SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? InetSocketAddress.createUnresolved(inet.getAddress().getHostAddress(), inet.getPort())
        : NOBODY;
  }

  private void leadBySocks(Duplex socket, InetSocketAddress from) throws IOException {
    Socks asked = Socks.accept(socket);
    Duplex channel;
    try {
      channel = open(asked.to(), from);
    } catch (IOException e) {
      asked.answer(false);
      throw e;
    }
    asked.answer(true);
    ClientConnection.join(socket, channel);
  }

  private Duplex open(PortForward.Place place, InetSocketAddress from) throws IOException {
    return switch (place) {
      case PortForward.Place.Port port -> connection.connectTo(port.host(), port.port(), from);
      case PortForward.Place.Socket socket -> connection.connectTo(socket.path());
    };
  }

  /** What is led where standard input and output are (ssh(1), -W). */
  Duplex open(PortForward.Place place) throws IOException {
    return open(place, NOBODY);
  }

  private boolean askFor(PortForward forward) {
    try {
      boolean listens =
          switch (forward.listen()) {
            case PortForward.Listen.Socket socket ->
                connection.listen(socket.path(), target(forward));
            case PortForward.Listen.Port port -> askForPort(port, forward);
          };
      if (!listens) {
        person.tell("Warning: remote port forwarding failed for listen " + listened(forward));
      }
      return listens;
    } catch (IOException e) {
      person.tell("Warning: remote port forwarding failed: " + e.getMessage());
      return false;
    }
  }

  private boolean askForPort(PortForward.Listen.Port port, PortForward forward) throws IOException {
    String address = port.address().map(a -> a.equals("*") ? "" : a).orElse("localhost");
    OptionalInt given = connection.listen(address, port.port(), target(forward));
    if (given.isPresent() && port.port() == 0) {
      person.tell(
          "Allocated port %d for remote forward to %s"
              .formatted(given.getAsInt(), forward.listed().replaceFirst("^\\S+ ?", "")));
    }
    return given.isPresent();
  }

  private static String listened(PortForward forward) {
    return switch (forward.listen()) {
      case PortForward.Listen.Socket socket -> "path " + socket.path();
      case PortForward.Listen.Port port -> "port " + port.port();
    };
  }

  private static ForwardTarget target(PortForward forward) {
    return () ->
        switch (forward.to().orElseThrow()) {
          case PortForward.Place.Port port -> Sockets.connect(port.host(), port.port());
          case PortForward.Place.Socket socket -> Sockets.connect(socket.path());
        };
  }

  /** Listens no more; what is connected goes on. */
  @Override
  public synchronized void close() {
    try {
      for (ServerSocketChannel listener : listeners) {
        listener.close();
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
