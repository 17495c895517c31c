package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.Generations;
import dev.holdfast.node.LoginSessions;
import dev.holdfast.node.NamedSessions;
import dev.holdfast.node.Restrictions;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerOption;
import dev.holdfast.terminal.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An SSH server behind a gate of its own, one of perhaps several generations. Thread-safe. */
final class Node implements Closeable {
  /** The name by which generations of a node find each other; their directory tells nodes apart. */
  private static final String SERVICE = "node";

  private final LoginSessions processes;
  private final NamedSessions named;
  private final LoggedSessions sessions;
  private final ServerEngine engine;
  private final ConnectionNames names = new ConnectionNames();
  private final ServiceLog log;
  private @Nullable Gate gate;

  private Node(NodeConfiguration configuration, Authenticator authenticator, ServiceLog log)
      throws IOException {
    this.log = log;
    List<KeyPair> keys = hostKeys(configuration);
    processes = LoginSessions.open(configuration.sessions(), login -> Restrictions.NONE);
    named = new NamedSessions(processes, login -> Restrictions.NONE, Settings.DEFAULT);
    sessions = new LoggedSessions(named, names::of, log::event);
    engine = ServerEngine.serve(keys, authenticator, sessions);
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
      List<ServerSocketChannel> inherited,
      @Nullable DescriptorSocket from,
      ServiceLog log)
      throws IOException {
    Generations generations = Generations.open(configuration.state(), SERVICE);
    Node node;
    try {
      node = new Node(configuration, authenticator, log);
    } catch (IOException | RuntimeException e) {
      generations.close();
      throw e;
    }
    try {
      node.open(configuration, inherited, from, generations);
      return node;
    } catch (IOException | RuntimeException e) {
      generations.close();
      node.close();
      throw e;
    }
  }

  private void open(
      NodeConfiguration configuration,
      List<ServerSocketChannel> inherited,
      @Nullable DescriptorSocket from,
      Generations generations)
      throws IOException {
    openSessions(configuration.state());
    GateSettings settings = configuration.gate(this::accept);
    gate =
        from == null
            ? Gate.start(settings, inherited, generations, this::event)
            : Gate.takeOver(settings, from, generations, this::event);
  }

  /** Without their socket sessions are reached by ssh only, but the node works. */
  private void openSessions(Path state) {
    try {
      named.open(state);
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.WARN,
          "sessions",
          "holdfast attach can't reach this node: " + e.getMessage());
    }
  }

  /** Those that are configured, or else those of the state directory. */
  private static List<KeyPair> hostKeys(NodeConfiguration configuration) throws IOException {
    List<String> files = configuration.ssh().get(ServerOption.HOST_KEY);
    if (files.isEmpty()) {
      return HostKeyFiles.loadOrMake(configuration.state());
    }
    List<KeyPair> keys = new ArrayList<>();
    for (String file : files) {
      keys.add(HostKeyFiles.load(Path.of(file)));
    }
    return keys;
  }

  private void event(GateEvent event) {
    log.event(event);
    names.event(event);
  }

  private void accept(Duplex connection, String name) {
    names.begin(name, connection.remoteAddress());
    try {
      engine.accept(connection);
    } catch (IOException e) {
      connection.close();
    }
  }

  /** Works by other settings from now on, as far as it can. */
  void change(NodeConfiguration next) throws IOException {
    gate().change(next.gate(this::accept));
  }

  /** Where clients come in. */
  Gate gate() {
    return Objects.requireNonNull(gate, "not open");
  }

  /** Figures of the gate. */
  GateFigures.Values values() {
    return gate().values();
  }

  /** SSH connections that have not ended. */
  int connections() {
    return engine.connections();
  }

  /** Whether nothing lives here any more, and nobody is expected. */
  boolean isEmpty() {
    return gate().isEmpty()
        && engine.connections() == 0
        && sessions.living() == 0
        && named.isEmpty();
  }

  /** Ends everything, and tells clients why so that they do not try to come back. */
  void shutDown(String why, Duration within) throws InterruptedException {
    gate().shutDown(why, within);
  }

  @Override
  public void close() {
    if (gate != null) {
      gate.close();
    }
    engine.close();
    named.close();
    processes.close();
  }
}
