package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.Generations;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.HostKeys;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerOption;
import dev.holdfast.ssh.Sessions;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An SSH server behind a gate of its own, one of perhaps several generations. Thread-safe. */
final class Node implements Closeable {
  /** The name by which generations of a node find each other; their directory tells nodes apart. */
  private static final String SERVICE = "node";

  private final ServerEngine engine;
  private final Gate gate;
  private final LoggedSessions sessions;

  /** Names of connections in the log, by where their clients were when they began. */
  private final Map<SocketAddress, String> names;

  private Node(
      ServerEngine engine, Gate gate, LoggedSessions sessions, Map<SocketAddress, String> names) {
    this.engine = engine;
    this.gate = gate;
    this.sessions = sessions;
    this.names = names;
  }

  /**
   * Begins to serve.
   *
   * @param from the process to take the listeners over from, closed with the node; null if there is
   *     none
   */
  static Node start(
      NodeConfiguration configuration,
      Authenticator authenticator,
      Sessions served,
      List<ServerSocketChannel> inherited,
      @Nullable DescriptorSocket from,
      ServiceLog log)
      throws IOException {
    Generations generations = Generations.open(configuration.state(), SERVICE);
    Map<SocketAddress, String> names = new ConcurrentHashMap<>();
    LoggedSessions sessions = new LoggedSessions(served, login -> nameOf(names, login), log::event);
    ServerEngine engine = null;
    try {
      engine = ServerEngine.serve(hostKeys(configuration), authenticator, sessions);
      Acceptor acceptor = new Acceptor(engine, names);
      Gate gate =
          from == null
              ? Gate.start(configuration.gate(acceptor::accept), inherited, generations, log::event)
              : Gate.takeOver(configuration.gate(acceptor::accept), from, generations, log::event);
      return new Node(engine, gate, sessions, names);
    } catch (IOException | RuntimeException e) {
      generations.close();
      if (engine != null) {
        engine.close();
      }
      throw e;
    }
  }

  /** Those that are configured, or else those of the state directory. */
  private static List<KeyPair> hostKeys(NodeConfiguration configuration) throws IOException {
    List<String> files = configuration.ssh().get(ServerOption.HOST_KEY);
    if (files.isEmpty()) {
      return HostKeys.loadOrMake(configuration.state());
    }
    List<KeyPair> keys = new ArrayList<>();
    for (String file : files) {
      keys.add(HostKeys.load(Path.of(file)));
    }
    return keys;
  }

  private static String nameOf(Map<SocketAddress, String> names, Login login) {
    return names.getOrDefault(login.from(), "?");
  }

  /** Gives connections to the SSH server and remembers what the log calls them. */
  private record Acceptor(ServerEngine engine, Map<SocketAddress, String> names) {
    void accept(Duplex connection, String name) {
      names.put(connection.remoteAddress(), name);
      try {
        engine.accept(new Named(connection, () -> names.values().remove(name)));
      } catch (IOException e) {
        connection.close();
        names.values().remove(name);
      }
    }
  }

  /** Works by other settings from now on, as far as it can. */
  void change(NodeConfiguration next) throws IOException {
    Acceptor acceptor = new Acceptor(engine, names);
    gate.change(next.gate(acceptor::accept));
  }

  Gate gate() {
    return gate;
  }

  /** Figures of the gate. */
  GateFigures.Values values() {
    return gate.values();
  }

  /** Sessions that have not ended. */
  int sessions() {
    return sessions.living();
  }

  /** SSH connections that have not ended. */
  int connections() {
    return engine.connections();
  }

  /** Whether nothing lives here any more, and nobody is expected. */
  boolean isEmpty() {
    return gate.isEmpty() && engine.connections() == 0 && sessions.living() == 0;
  }

  /** Ends everything, and tells clients why so that they do not try to come back. */
  void shutDown(String why, Duration within) throws InterruptedException {
    gate.shutDown(why, within);
    engine.close();
  }

  @Override
  public void close() {
    gate.close();
    engine.close();
  }
}
