package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.Generations;
import dev.holdfast.node.AnnouncedSessions;
import dev.holdfast.node.AuditedSessions;
import dev.holdfast.node.ConnectionTrail;
import dev.holdfast.node.JoinableSessions;
import dev.holdfast.node.LiveTerminals;
import dev.holdfast.node.LoginSessions;
import dev.holdfast.node.NamedSessions;
import dev.holdfast.node.Pam;
import dev.holdfast.node.PamPasswords;
import dev.holdfast.node.RecordedSessions;
import dev.holdfast.node.Recorder;
import dev.holdfast.node.RecordingPolicy;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Machine;
import dev.holdfast.ssh.Passwords;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerOption;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SettingsException;
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
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An SSH server behind a gate of its own, one of perhaps several generations. Thread-safe. */
final class Node implements Closeable {
  /** The name by which generations of a node find each other; their directory tells nodes apart. */
  private static final String SERVICE = "node";

  private final LoginSessions processes;
  private final NamedSessions named;
  private final LiveTerminals terminals = new LiveTerminals();
  private final Activity activity;
  private final ServiceLog log;
  private final ReadWriteLock engines = new ReentrantReadWriteLock();

  /** For new connections. Guarded by {@link #engines}. */
  private ServerEngine engine;

  /** Those of former settings, which keep their connections. Guarded by {@link #engines}. */
  private final List<ServerEngine> former = new ArrayList<>();

  private final NodeDoor door;
  private @Nullable Gate gate;

  /** Null if nothing is ever recorded. */
  private final @Nullable Recorder recorder;

  private final Optional<Path> recordings;

  /** Empty if nobody keeps audit events. */
  private final Optional<ConnectionTrail> trail;

  /** Of a host key; empty if there is none. Guarded by {@link #engines}. */
  private String certificate = "";

  private Node(NodeConfiguration configuration, NodeDoor door, ServiceLog log) throws IOException {
    this.log = log;
    this.door = door;
    activity = new Activity(log::event);
    processes = LoginSessions.open(configuration.sessions());
    named = new NamedSessions(processes, Settings.DEFAULT);
    recordings = configuration.recording().directory();
    recorder = configuration.recording().open(configuration, door.recordings());
    trail = door.audit().map(sink -> new ConnectionTrail(activity, sink, Node::user));
    try {
      engine = engine(configuration);
      goBy(configuration);
    } catch (IOException | RuntimeException e) {
      named.close();
      processes.close();
      closeRecorder();
      throw e;
    }
  }

  /** Sessions that {@code holdfast attach} makes go by these settings. */
  private void goBy(NodeConfiguration configuration) {
    named.startBy(processes.with(configuration.sessions()), configuration.ssh()::acceptsVariable);
  }

  /** Host keys are those that are configured, or else those of the state directory. */
  private ServerEngine engine(NodeConfiguration configuration) throws IOException {
    ServerSettings settings = configuration.ssh();
    List<KeyPair> keys =
        settings.get(ServerOption.HOST_KEY).isEmpty()
            ? HostKeyFiles.loadOrMake(configuration.state())
            : List.of();
    Passwords passwords =
        settings.get(ServerOption.USE_PAM)
            ? new PamPasswords(Pam.open(settings.get(ServerOption.PAM_SERVICE_NAME), false))
            : Passwords.NONE;
    try {
      return ServerEngine.serve(
          settings,
          Machine.linux(passwords),
          keys,
          audited(configuration),
          trail.<LoginWatch>map(it -> it).orElse(activity),
          door.certifiers(),
          door.entrances());
    } catch (SettingsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Sessions sessions(NodeConfiguration configuration) {
    Sessions sessions =
        new AnnouncedSessions(named.beside(processes.with(configuration.sessions())));
    return recorder == null
        ? sessions
        : new RecordedSessions(sessions, recorder, configuration.recording()::policy);
  }

  private Sessions audited(NodeConfiguration configuration) {
    Sessions logged = new LoggedSessions(sessions(configuration), activity);
    Function<Login, RecordingPolicy> policies = configuration.recording()::policy;
    return door.audit()
        .<Sessions>map(it ->
            new AuditedSessions(
                new JoinableSessions(logged, terminals, door.running()::has, policies),
                it,
                Node::user,
                door.running()))
        .orElse(logged);
  }

  /** Who somebody is in the cluster. */
  private static String user(Login login) {
    return login.terms().user();
  }

  private void closeRecorder() {
    if (recorder != null) {
      recorder.close();
    }
  }

  /**
   * Begins to serve.
   *
   * @param door who decides about those who come
   * @param from the process to take the listeners over from, closed with the node; null if there is
   *     none
   */
  static Node start(
      NodeConfiguration configuration,
      NodeDoor door,
      List<ServerSocketChannel> inherited,
      @Nullable DescriptorSocket from,
      ServiceLog log)
      throws IOException {
    Generations generations = Generations.open(configuration.state(), SERVICE);
    Node node;
    try {
      node = new Node(configuration, door, log);
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
            ? Gate.start(settings, inherited, generations, this::happened)
            : Gate.takeOver(settings, from, generations, this::happened);
  }

  private void happened(GateEvent event) {
    log.event(event);
    door.streams().accept(event);
    trail.ifPresent(it -> it.take(event));
  }

  private void accept(Duplex connection, String name) {
    engines.readLock().lock();
    try {
      engine.accept(connection, name);
    } catch (IOException e) {
      connection.close();
    } finally {
      engines.readLock().unlock();
    }
  }

  /** Without their socket sessions are reached by ssh only, but the node works. */
  private void openSessions(Path state) {
    try {
      named.open(state, terminals);
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.WARN,
          "sessions",
          "holdfast attach can't reach this node, nor its next process the sessions of this one: "
              + e.getMessage());
    }
  }

  /** Works by other settings from now on; connections that are there go by those of before. */
  void change(NodeConfiguration next) throws IOException {
    if (!next.recording().directory().equals(recordings)) {
      throw new IOException(
          "'recordings' is another directory now; restart the node for that, or start another one"
              + " with --take-over.");
    }
    ServerEngine changed = engine(next);
    try {
      gate().change(next.gate(this::accept));
    } catch (IOException | RuntimeException e) {
      changed.close();
      throw e;
    }
    goBy(next);
    engines.writeLock().lock();
    try {
      former.add(engine);
      engine = changed;
      if (!certificate.isEmpty()) {
        changed.certify(certificate);
      }
      List<ServerEngine> idle = former.stream().filter(one -> one.connections() == 0).toList();
      idle.forEach(ServerEngine::close);
      former.removeAll(idle);
    } finally {
      engines.writeLock().unlock();
    }
  }

  /** Shows clients a certificate of a host key from now on. */
  void certify(String line) {
    engines.writeLock().lock();
    try {
      certificate = line;
      if (!engine.certify(line)) {
        log.say(
            ServiceLog.Level.WARN,
            "certificate",
            "the cluster certifies a key that is none of this node's host keys; check node-key");
      }
    } finally {
      engines.writeLock().unlock();
    }
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
    return engines().stream().mapToInt(ServerEngine::connections).sum();
  }

  /** Logins and sessions. */
  Activity activity() {
    return activity;
  }

  private List<ServerEngine> engines() {
    engines.readLock().lock();
    try {
      List<ServerEngine> all = new ArrayList<>(former);
      all.add(engine);
      return all;
    } finally {
      engines.readLock().unlock();
    }
  }

  /** Whether nothing lives here any more, and nobody is expected. */
  boolean isEmpty() {
    return gate().isEmpty()
        && connections() == 0
        && activity.living() == 0
        && named.isEmpty()
        && terminals.isEmpty();
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
    engines().forEach(ServerEngine::close);
    named.close();
    processes.close();
    closeRecorder();
  }
}
