package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.OpenFileLimit;
import dev.holdfast.link.ServiceNotice;
import dev.holdfast.link.Signals;
import dev.holdfast.link.UnsupportedHostException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The process around a node: what it does on signals, what it tells systemd, and how another
 * process takes its place while it keeps what lives in it.
 *
 * <table>
 *   <caption>Signals</caption>
 *   <tr><td>HUP</td><td>reads its configuration again</td></tr>
 *   <tr><td>TERM, INT</td><td>listens no more, and ends with status 0 when its last connection has;
 *       the second one ends it at once, and tells the clients</td></tr>
 * </table>
 */
final class NodeService {
  /** Time for telling all clients that the node ends. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  /** How often a node that listens no more looks whether its last connection has gone. */
  private static final long LOOK_MILLIS = 500;

  private final ServeOptions options;
  private final OtherServices others;
  private final ServiceLog log;
  private final BlockingQueue<Happening> happenings = new LinkedBlockingQueue<>();
  private volatile boolean serving = true;
  private @Nullable HandoverPoint point;
  private @Nullable Metrics metrics;
  private final LeaseFigures limits = new LeaseFigures();

  /** What changes the service's course. */
  private sealed interface Happening {
    /** Somebody wants it to end. */
    record Stop() implements Happening {}

    /** The configuration is to be read again. */
    record Reload() implements Happening {}

    /** Another process has the port. */
    record HandedOver(long successor) implements Happening {}

    /** Something of the kind has happened to another service of this process. */
    record Other() implements Happening {}

    /** That process is gone, and this one has the port again. */
    record TookBack() implements Happening {}
  }

  /**
   * One.
   *
   * @param others in the same process, whose figures are shown besides
   */
  NodeService(ServeOptions options, OtherServices others, ServiceLog log) {
    this.options = options;
    this.others = others;
    this.log = log;
  }

  /** Serves until all that lives in the node has ended. */
  void run(ServeConfiguration configuration, Memberships memberships)
      throws IOException, InterruptedException {
    try (NodeMember member = NodeMember.join(configuration.node(), memberships, limits)) {
      run(configuration, member);
    }
  }

  private void run(ServeConfiguration configuration, NodeMember member)
      throws IOException, InterruptedException {
    log.change(configuration.logLevel(), configuration.logFormat());
    List<ServerSocketChannel> inherited = SystemdListeners.take();
    ServiceNotice notice = ServiceNotice.ofEnvironment();
    Path meeting = configuration.node().state().resolve("node.sock");
    sayLimits(configuration);
    Node node = start(configuration.node(), member, inherited, meeting);
    try {
      Signals.on(Signals.Kind.HANGUP, () -> happenings.add(new Happening.Reload()));
      Signals.on(Signals.Kind.TERMINATE, () -> happenings.add(new Happening.Stop()));
      Signals.on(Signals.Kind.INTERRUPT, () -> happenings.add(new Happening.Stop()));
      others.begin(() -> happenings.add(new Happening.Other()));
      lead(configuration, member, node, meeting, options.takeOver);
      sayReady(node, notice);
      live(configuration, member, node, meeting, notice);
      log.say(ServiceLog.Level.INFO, "end", "ended");
    } finally {
      stopLeading(member);
      node.close();
    }
  }

  private void sayLimits(ServeConfiguration configuration) throws IOException {
    NodeConfiguration node = configuration.node();
    log.say(
        ServiceLog.Level.DEBUG,
        "limits",
        "configured by %s, state in %s, %d MiB for bytes in flight, %d streams, %s open files"
            .formatted(
                configuration.file() == null ? "no file" : configuration.file(),
                node.state(),
                node.memory() >> 20,
                node.streams(),
                openFiles()));
  }

  private static String openFiles() throws IOException {
    try {
      return Long.toString(OpenFileLimit.raise().soft());
    } catch (UnsupportedHostException e) {
      return "?";
    }
  }

  // ---- beginning ----

  /** Starts the node, and takes over if told to. */
  private Node start(
      NodeConfiguration configuration,
      NodeMember member,
      List<ServerSocketChannel> inherited,
      Path meeting)
      throws IOException {
    return Succession.start(
        meeting,
        options.takeOver,
        from -> Node.start(configuration, member.door(), inherited, from, log));
  }

  /** Does what the process that has the port does beside serving. */
  private void lead(
      ServeConfiguration configuration,
      NodeMember member,
      Node node,
      Path meeting,
      boolean afterOther)
      throws IOException {
    serving = true;
    InetSocketAddress address = configuration.metrics();
    if (address != null) {
      Metrics started =
          Patiently.bind(afterOther, () -> Metrics.start(address, () -> readiness(member)));
      metrics = started;
      show(started.of("holdfast_node_"), node);
      limits.show(started.of("holdfast_node_"));
      others.show(started);
      log.say(
          ServiceLog.Level.DEBUG,
          "metrics",
          "figures are served at " + GateEvent.name(started.address()));
    }
    point = meet(meeting, node);
    member.begin(configuration.node(), node, log);
  }

  private Metrics.Readiness readiness(NodeMember member) {
    return serving ? member.readiness() : Metrics.Readiness.DRAINING;
  }

  private static void show(Metrics.Figures metrics, Node node) {
    metrics.gate(node::values);
    Activity activity = node.activity();
    metrics.count("logins", "Logins.", activity::logins);
    metrics.count("logins_refused", "Clients that tried and were not let in.", activity::refused);
    metrics.count("sessions", "Sessions begun.", activity::sessions);
    metrics.show("open_sessions", "Sessions that have not ended.", activity::living);
    metrics.show("connections", "SSH connections.", node::connections);
  }

  private void stopLeading(NodeMember member) {
    serving = false;
    member.rest();
    if (metrics != null) {
      metrics.close();
      metrics = null;
    }
    if (point != null) {
      point.close();
      point = null;
    }
  }

  /** Without a place to be met the node can't be taken over, but it works. */
  private @Nullable HandoverPoint meet(Path meeting, Node node) {
    try {
      return HandoverPoint.open(
          meeting,
          (at, successor) -> handOver(node, at, successor),
          problem -> log.say(ServiceLog.Level.WARN, "handover", problem));
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.WARN,
          "handover",
          "this node can't be taken over: %s; --state-dir names another place"
              .formatted(e.getMessage()));
      return null;
    }
  }

  private void handOver(Node node, HandoverPoint at, DescriptorSocket successor)
      throws IOException, InterruptedException {
    node.gate().handOver(successor);
    at.close();
    happenings.add(new Happening.HandedOver(successor.peer().process()));
    if (node.gate().awaitSuccessor(successor)) {
      happenings.add(new Happening.TookBack());
    }
  }

  private static String status(Node node) {
    return node.gate().addresses().stream()
        .map(GateEvent::name)
        .collect(Collectors.joining(", ", "serving at ", ""));
  }

  private void sayReady(Node node, ServiceNotice notice) {
    log.say(ServiceLog.Level.DEBUG, "ready", status(node));
    tell(() -> notice.ready(status(node)));
  }

  private interface Telling {
    void tell() throws IOException;
  }

  private void tell(Telling telling) {
    try {
      telling.tell();
    } catch (IOException e) {
      log.say(ServiceLog.Level.WARN, "notice", "systemd can't be told: " + e.getMessage());
    }
  }

  // ---- life ----

  private void live(
      ServeConfiguration configuration,
      NodeMember member,
      Node node,
      Path meeting,
      ServiceNotice notice)
      throws IOException, InterruptedException {
    boolean stopping = false;
    while (serving || others.isLeading() || !node.isEmpty() || !others.isDone()) {
      switch (serving ? happenings.take() : happenings.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        case null -> {}
        case Happening.Other other -> {}
        case Happening.Reload reload -> reload(node, notice);
        case Happening.HandedOver(long successor) -> leave(member, node, notice, successor);
        case Happening.TookBack back -> {
          if (!stopping) {
            log.say(ServiceLog.Level.WARN, "handover", "the successor is gone; serving again");
            lead(configuration, member, node, meeting, true);
            sayReady(node, notice);
          }
        }
        case Happening.Stop stop -> {
          if (!serving && !others.isLeading()) {
            node.shutDown("The server was shut down; connect again when it is back.", GOODBYE);
            return;
          }
          stopping = true;
          others.retire();
          retire(member, node, notice);
        }
      }
    }
  }

  private void retire(NodeMember member, Node node, ServiceNotice notice) {
    if (serving) {
      stopLeading(member);
      node.gate().retire();
    }
    tell(() -> notice.stopping("waiting for connections to end"));
    if (!node.isEmpty()) {
      log.say(
          ServiceLog.Level.INFO,
          "drain",
          "listening no more; %d connections may go on, a second signal ends them"
              .formatted(node.connections()));
    }
  }

  /** Keeps what lives here; the port, and what is new, are the successor's. */
  private void leave(NodeMember member, Node node, ServiceNotice notice, long successor) {
    stopLeading(member);
    MainProcess.pass(notice, successor, log);
    log.say(
        ServiceLog.Level.INFO,
        "handover",
        "process %d has the port now; %d connections go on here"
            .formatted(successor, node.connections()));
  }

  private void reload(Node node, ServiceNotice notice) {
    if (!serving) {
      log.say(
          ServiceLog.Level.WARN, "reload", "SIGHUP: another process has the port; tell that one");
      return;
    }
    tell(() -> notice.reloading("reading the configuration again"));
    try {
      Problems problems = new Problems();
      ServeConfiguration next = ServeConfiguration.read(options, problems);
      if (problems.isEmpty()) {
        node.change(next.node());
        log.change(next.logLevel(), next.logFormat());
        log.say(
            ServiceLog.Level.INFO,
            "reload",
            next.file() == null
                ? "SIGHUP: there is no configuration to read again"
                : "read " + next.file() + " again");
      } else {
        problems.lines().forEach(line -> log.say(ServiceLog.Level.ERROR, "reload", line));
        log.say(ServiceLog.Level.ERROR, "reload", "the configuration was not changed");
      }
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.ERROR,
          "reload",
          "the configuration was not changed: " + Failures.oneLine(e));
    }
    sayReady(node, notice);
  }
}
