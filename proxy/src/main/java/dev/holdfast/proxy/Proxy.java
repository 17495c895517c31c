package dev.holdfast.proxy;

import dev.holdfast.access.ProxyHello;
import dev.holdfast.link.Behind;
import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Entrance;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.Generations;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Program;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SettingsException;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A proxy: an SSH server that leads users to nodes. It keeps no state but what goes through it at
 * the moment, so that any other one will do as well. Thread-safe.
 */
public final class Proxy implements Closeable {
  /** How names of nodes begin when they log in, which no user's name does. */
  public static final String NODE_USER = "node/";

  /** The subsystem of control links (PROTOCOL.tunnel). */
  static final String TUNNEL = "holdfast-tunnel";

  /** How often it is looked whether something is due. */
  private static final long LOOK_MILLIS = 500;

  private final ProxySettings settings;
  private final Tunnels tunnels;
  private final Watch watch;
  private final TicketOffice office;
  private final Reception reception;
  private final NodeRoads roads;
  private final @Nullable RecordingOffice recordingOffice;
  private final @Nullable Stopovers stopovers;
  private final ProxyLog log;
  private final ServerEngine engine;
  private final Thread keeper;
  private volatile @Nullable RoadPoint point;
  private volatile @Nullable Gate gate;
  private volatile boolean closed;

  private Proxy(
      ProxySettings settings,
      Judge cluster,
      @Nullable RecordingOffice recordingOffice,
      ProxyLog log)
      throws SettingsException {
    this.settings = settings;
    this.log = log;
    tunnels = new Tunnels(settings.dialBack(), log);
    watch = new Watch(cluster, log);
    roads = new NodeRoads(cluster, tunnels, settings.nodePatience());
    this.recordingOffice = recordingOffice;
    stopovers =
        recordingOffice == null
            ? null
            : new Stopovers(cluster, roads, watch, recordingOffice, settings.ticketTime(), log);
    Concierge concierge =
        new Concierge(cluster, roads, watch, settings.ticketTime(), this::end, stopovers, log);
    Tickets tickets = new Tickets(settings, cluster, Instant::now);
    office = new TicketOffice(concierge, tickets, settings, stopovers);
    reception = new Reception(cluster, tickets, roads, tunnels, watch, log, this::gate, stopovers);
    engine =
        ServerEngine.serve(
            sshSettings(),
            cluster::admit,
            settings.hostKeys(),
            this::program,
            concierge,
            watchOf(log));
    keeper = Thread.ofVirtual().name("proxy-keeper").unstarted(this::keep);
  }

  /** Only channels to nodes are opened, and nothing is listened on. */
  private static ServerSettings sshSettings() throws SettingsException {
    return ServerSettings.of(
        List.of(
            new ServerSettings.Entry("AllowTcpForwarding", "local"),
            new ServerSettings.Entry("AllowStreamLocalForwarding", "no"),
            new ServerSettings.Entry("AllowAgentForwarding", "no"),
            new ServerSettings.Entry("X11Forwarding", "no"),
            new ServerSettings.Entry("MaxStartups", "200:30:1000"),
            new ServerSettings.Entry("PerSourceMaxStartups", "100"),
            new ServerSettings.Entry("ClientAliveInterval", "20"),
            new ServerSettings.Entry("LoginGraceTime", "60")));
  }

  /** Begins to serve. */
  public static Proxy start(
      ProxySettings settings, Judge cluster, ProxyLog log, Consumer<GateEvent> events)
      throws IOException {
    Proxy proxy = prepare(settings, cluster, log);
    proxy.open(null, events);
    return proxy;
  }

  /** One that does not serve yet. */
  public static Proxy prepare(ProxySettings settings, Judge cluster, ProxyLog log)
      throws IOException {
    return prepare(settings, cluster, null, log);
  }

  /**
   * The same, which records those whose roles want that of proxies.
   *
   * @param office what it needs for that; null if it does not record
   */
  public static Proxy prepare(
      ProxySettings settings, Judge cluster, @Nullable RecordingOffice office, ProxyLog log)
      throws IOException {
    try {
      return new Proxy(settings, cluster, office, log);
    } catch (SettingsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Begins to serve. If that fails the proxy is closed.
   *
   * @param from the process to take the listeners over from, closed with the proxy; null if there
   *     is none
   */
  public void open(@Nullable DescriptorSocket from, Consumer<GateEvent> told) throws IOException {
    RecordingOffice recording = recordingOffice;
    Consumer<GateEvent> events = recording == null ? told : told.andThen(recording::happened);
    Generations generations = null;
    try {
      // Streams end here only if they are recorded.
      generations = recording == null ? null : Generations.open(settings.state(), service("proxy"));
      gate =
          from == null
              ? Gate.start(gateSettings(), List.of(), generations, events)
              : Gate.takeOver(gateSettings(), from, generations, events);
      keeper.start();
    } catch (IOException | RuntimeException e) {
      if (generations != null) {
        generations.close();
      }
      close();
      throw e;
    }
  }

  private GateSettings gateSettings() {
    Entrance entrance =
        new Entrance(
            ProxyHello.preface(),
            reception,
            peer -> settings.balancers().stream().anyMatch(it -> it.contains(peer)));
    return GateSettings.of(
        settings.listen(), new Behind.InProcess(this::serve, ServerEngine.GREETING, entrance));
  }

  private void serve(Duplex connection, String name) {
    try {
      engine.accept(connection, name);
    } catch (IOException e) {
      connection.close();
    }
  }

  /** Where all come in. */
  public Gate gate() {
    return Objects.requireNonNull(gate, "not open");
  }

  /** Where it listens. */
  public List<SocketAddress> addresses() {
    return gate().addresses();
  }

  /** Figures of its gate. */
  public GateFigures.Values values() {
    return gate().values();
  }

  /** Control links of nodes. */
  public int tunnels() {
    return tunnels.size();
  }

  /** Whether the node of that name can be asked to dial back. */
  public boolean has(String node) {
    return tunnels.isLive(node);
  }

  /** What goes through at the moment. */
  public int relayed() {
    return watch.size();
  }

  /** The cluster has changed: what goes through is decided about anew, at once. */
  public void recheck(Predicate<Judge.Wish> which) {
    watch.look(settings.ticketTime(), which);
  }

  /** The nodes that have a control link. */
  public List<String> nodes() {
    return tunnels.nodes();
  }

  /** Ends all that goes through, and all who are logged in; they are told why. */
  public void endAll(String why) {
    watch.endAll(why);
    engine.end(login -> true, why);
    if (stopovers != null) {
      stopovers.endAll(why);
    }
  }

  /** A node is none of the cluster's any more: its control links end. */
  public void forget(String node) {
    engine.end(
        login -> login.user().equals(NODE_USER + node),
        "This machine was removed from the cluster.");
  }

  // ---- processes before and after it ----

  /** Has the nodes' control links, and reaches nodes for the processes before this one. */
  public void lead() throws IOException {
    roads.lead();
    point = RoadPoint.open(meeting(), roads::reach);
  }

  /**
   * Another process has the port, or will have: what goes through goes on here, the nodes' control
   * links go there, and who asks here for a node gets it from there.
   */
  public void leave() {
    RoadPoint here = point;
    point = null;
    if (here != null) {
      here.close();
    }
    roads.leave(meeting());
    engine.end(
        login -> login.user().startsWith(NODE_USER),
        "Another process of this proxy has the port now; come again.");
  }

  private Path meeting() {
    return settings.state().resolve(service("roads") + ".sock");
  }

  /** One for each port, as several proxies of one machine may have one directory. */
  private String service(String name) {
    return name + "-" + (settings.listen().isEmpty() ? 0 : settings.listen().getFirst().getPort());
  }

  /** Ends those who come back by themselves, through another proxy or the next process. */
  public void sendAway() {
    watch.sendAway();
  }

  /** Whether nothing goes through any more, and nobody is expected. */
  public boolean isEmpty() {
    return gate().isEmpty()
        && reception.waiting() == 0
        && engine.connections() == 0
        && watch.size() == 0
        && (stopovers == null || stopovers.size() == 0);
  }

  private void end(String connection, String why) {
    engine.end(login -> login.connection().equals(connection), why);
  }

  /** Shows clients and nodes a certificate of a host key from now on; false if it is none. */
  public boolean certify(String certificate) {
    return engine.certify(certificate);
  }

  private void keep() {
    while (!closed) {
      try {
        Thread.sleep(LOOK_MILLIS);
        tunnels.endSilent();
        watch.look(settings.ticketTime(), wish -> false);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.say(ProxyLog.Weight.WARNING, "fault", "the proxy's care failed: " + e);
      }
    }
  }

  // ---- what is run ----

  private Program program(Login login, SessionRequest request) {
    if (login.user().startsWith(NODE_USER)) {
      return request.equals(new SessionRequest.Subsystem(TUNNEL))
          ? call -> tunnels.serve(login.user().substring(NODE_USER.length()), call)
          : Proxy::explain;
    }
    return request.equals(new SessionRequest.Subsystem(TicketOffice.SUBSYSTEM))
        ? office::serve
        : Proxy::explain;
  }

  /** In a terminal as well as without one. */
  private static int explain(Program.Call call) throws IOException {
    String sentence =
        "This is a proxy, which has no shell; to reach a node through it: ssh -J %s@PROXY NODE\r\n"
            .formatted(Route.shown(call.login().user()));
    call.stderr().write(sentence.getBytes(StandardCharsets.US_ASCII));
    return 1;
  }

  private static LoginWatch watchOf(ProxyLog log) {
    return new LoginWatch() {
      @Override
      public void loggedIn(Login login) {
        log.say(
            login.user().startsWith(NODE_USER) ? ProxyLog.Weight.DETAIL : ProxyLog.Weight.NEWS,
            "login",
            "%s: %s logged in from %s"
                .formatted(login.connection(), Route.shown(login.user()), login.from()));
      }

      @Override
      public void refused(Refusal refusal) {
        log.say(
            ProxyLog.Weight.WARNING,
            "login-refused",
            "%s: '%s' from %s was not let in (%d attempts, key %s)"
                .formatted(
                    refusal.connection(),
                    Route.shown(refusal.user()),
                    refusal.from(),
                    refusal.attempts(),
                    refusal.fingerprint()));
      }
    };
  }

  /** Ends all of it; clients come back through another proxy, or this one when it is back. */
  @Override
  public void close() {
    closed = true;
    keeper.interrupt();
    RoadPoint here = point;
    if (here != null) {
      here.close();
    }
    Gate opened = gate;
    if (opened != null) {
      opened.close();
    }
    engine.close();
    if (stopovers != null) {
      stopovers.close();
    }
  }
}
