package dev.holdfast.cli;

import dev.holdfast.auth.Membership;
import dev.holdfast.link.GateEvent;
import dev.holdfast.proxy.Proxy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code serve} serves beside a node, or without one: an auth service, a proxy, a gate. Each
 * is taken over by itself, so that the next process may serve others than this one. Confined to one
 * thread, but for what its services do.
 */
final class OtherServices implements Closeable {
  private final ServiceLog log;
  private final List<Succession> successions = new ArrayList<>();
  private final List<Membership> members = new ArrayList<>();
  private final @Nullable Auth auth;
  private @Nullable ServedProxy proxy;
  private @Nullable ServedGate gate;
  private @Nullable Succession ofProxy;

  private OtherServices(@Nullable Auth auth, ServiceLog log) {
    this.auth = auth;
    this.log = log;
  }

  /**
   * Starts those that are configured; in place of another process's if {@code takeOver} says so.
   */
  static OtherServices start(
      ServeConfiguration configuration,
      @Nullable Auth auth,
      Memberships memberships,
      boolean takeOver,
      ServiceLog log)
      throws IOException {
    OtherServices others = new OtherServices(auth, log);
    try {
      others.startAll(configuration, memberships, takeOver);
      return others;
    } catch (IOException | RuntimeException e) {
      others.close();
      throw e;
    }
  }

  private void startAll(ServeConfiguration configuration, Memberships memberships, boolean takeOver)
      throws IOException {
    AuthConfiguration forAuth = configuration.auth();
    if (auth != null && forAuth != null) {
      successions.add(new Succession("auth service", forAuth.meeting(), auth, log));
    }
    ProxyConfiguration forProxy = configuration.proxy();
    if (forProxy != null) {
      start(forProxy, memberships, takeOver);
    }
    GateSection forGate = configuration.gate();
    if (forGate != null) {
      start(forGate, memberships, takeOver);
    }
  }

  private void start(ProxyConfiguration configured, Memberships memberships, boolean takeOver)
      throws IOException {
    Path meeting = configured.meeting();
    ServedProxy started = ServedProxy.start(configured, memberships, meeting, takeOver, log);
    proxy = started;
    ofProxy = new Succession("proxy", meeting, started, log);
    successions.add(ofProxy);
    if (started.member() != null) {
      members.add(started.member().membership());
    }
  }

  private void start(GateSection section, Memberships memberships, boolean takeOver)
      throws IOException {
    Path meeting = section.meeting();
    ServedGate started = ServedGate.start(section, memberships, meeting, takeOver, log);
    gate = started;
    successions.add(new Succession("gate", meeting, started, log));
    if (started.member() != null) {
      members.add(started.member().membership());
    }
  }

  /**
   * Does what only one process does, and can be taken over from now on.
   *
   * @param changed runs when a port went to another process, came back, or was given up
   */
  void begin(Runnable changed) throws IOException {
    for (Succession one : successions) {
      one.begin(changed);
    }
    ServedProxy served = proxy;
    if (served != null && served.member() != null) {
      served.member().whenRemoved(() -> giveUpProxy(changed));
    }
  }

  private void giveUpProxy(Runnable changed) {
    try {
      if (ofProxy != null) {
        ofProxy.retire();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    changed.run();
  }

  /** Whether this process has the port of any. */
  boolean isLeading() {
    return successions.stream().anyMatch(Succession::isLeading);
  }

  /** Whether it has no port any more, and nothing lives in any of them. */
  boolean isDone() {
    return successions.stream().allMatch(Succession::isDone);
  }

  /** Who took over last; 0 if nobody has. */
  long successor() {
    return successions.stream().mapToLong(Succession::successor).max().orElse(0);
  }

  /** Listens no more. What lives here goes on, unless its client can come back elsewhere. */
  void retire() throws InterruptedException {
    for (Succession one : successions) {
      one.retire();
    }
  }

  /** Serves until somebody wants the process to end, or another has taken over. */
  void run(ServeConfiguration configuration, ServeOptions options)
      throws IOException, InterruptedException {
    new WaitingService(configuration, options, this, log).run(status());
  }

  /** Their figures. */
  void show(Metrics metrics) {
    if (auth != null) {
      Metrics.Figures figures = metrics.of("holdfast_auth_");
      figures.gate(auth::values);
      figures.show("connections", "SSH connections.", auth.service()::connections);
    }
    if (proxy != null) {
      Proxy leading = proxy.proxy();
      Metrics.Figures figures = metrics.of("holdfast_proxy_");
      figures.gate(leading::values);
      figures.show("tunnels", "Control links of nodes.", leading::tunnels);
      figures.show("relayed", "What goes through to nodes.", leading::relayed);
    }
    if (gate != null) {
      metrics.of("holdfast_gate_").gate(gate.gate()::values);
    }
  }

  /** How they get on, all together. */
  Metrics.Readiness readiness() {
    Metrics.Readiness all =
        successions.isEmpty() || isLeading() ? Metrics.Readiness.OK : Metrics.Readiness.DRAINING;
    for (Membership member : members) {
      all = all.and(Metrics.Readiness.of(member.health()));
    }
    return all;
  }

  private String status() {
    return successions.isEmpty() ? "serving nothing" : "serving at " + addresses();
  }

  private String addresses() {
    List<String> all = new ArrayList<>();
    if (auth != null) {
      all.addAll(auth.addresses());
    }
    if (proxy != null) {
      all.addAll(proxy.proxy().addresses().stream().map(GateEvent::name).toList());
    }
    if (gate != null) {
      all.addAll(gate.gate().addresses().stream().map(GateEvent::name).toList());
    }
    return all.stream().collect(Collectors.joining(", "));
  }

  /** Ends them; the auth service is somebody else's to end. */
  @Override
  public void close() {
    successions.forEach(Succession::close);
    if (proxy != null) {
      proxy.close();
    }
    if (gate != null) {
      gate.close();
    }
  }
}
