package dev.holdfast.cli;

import dev.holdfast.auth.Membership;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.proxy.FileCluster;
import dev.holdfast.proxy.NodeTunnels;
import dev.holdfast.proxy.Proxy;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code serve} serves beside a node, or without one: a proxy, a gate. They end with the
 * process, for clients of theirs come back by other proxies. Confined to one thread.
 */
final class OtherServices implements Closeable {
  /** For telling clients of a gate that it ends. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private @Nullable Proxy proxy;
  private @Nullable Gate gate;
  private @Nullable NodeTunnels tunnels;
  private final List<Closeable> ends = new ArrayList<>();
  private final List<Membership> members = new ArrayList<>();
  private @Nullable Auth auth;

  private OtherServices() {}

  /** Starts those that are configured. */
  static OtherServices start(
      ServeConfiguration configuration,
      @Nullable Auth auth,
      Memberships memberships,
      ServiceLog log)
      throws IOException {
    OtherServices others = new OtherServices();
    others.auth = auth;
    try {
      log.change(configuration.logLevel(), configuration.logFormat());
      ProxyConfiguration forProxy = configuration.proxy();
      if (forProxy != null && memberships.isAny()) {
        ProxyMember member = ProxyMember.start(forProxy, memberships, log);
        others.ends.addFirst(member);
        others.members.add(member.membership());
        others.proxy = member.proxy();
      } else if (forProxy != null) {
        FileCluster cluster = new FileCluster(forProxy.users(), forProxy.nodes(), log::say);
        others.proxy = Proxy.start(forProxy.settings(), cluster, log::say, log::event);
      }
      GateSection forGate = configuration.gate();
      if (forGate != null) {
        others.open(forGate, memberships, log);
      }
      return others;
    } catch (IOException | RuntimeException e) {
      others.close();
      throw e;
    }
  }

  private void open(GateSection section, Memberships memberships, ServiceLog log)
      throws IOException {
    if (!memberships.isAny()) {
      Gate opened = Gate.start(section.settings(), log::event);
      gate = opened;
      tunnels = section.tunnels().open(opened::adopt, log::say);
      return;
    }
    GateMember member = GateMember.open(section, memberships);
    ends.addFirst(member);
    members.add(member.membership());
    Gate opened = Gate.start(section.settings(), log::event);
    gate = opened;
    tunnels =
        section
            .tunnels()
            .open(member.membership(), section.tunnels().machineKey(), opened::adopt, log::say);
    member.live(opened);
  }

  /** Serves until somebody wants the process to end. */
  void run(ServeConfiguration configuration, ServeOptions options, ServiceLog log)
      throws IOException, InterruptedException {
    new WaitingService(configuration, options, this, log).run(status());
    if (gate != null) {
      gate.shutDown("The gate was shut down; connect again when it is back.", GOODBYE);
    }
  }

  /** Their figures. */
  void show(Metrics metrics) {
    Auth here = auth;
    if (here != null) {
      Metrics.Figures figures = metrics.of("holdfast_auth_");
      figures.gate(here::values);
      figures.show("connections", "SSH connections.", here.service()::connections);
    }
    Proxy leading = proxy;
    if (leading != null) {
      Metrics.Figures figures = metrics.of("holdfast_proxy_");
      figures.gate(leading::values);
      figures.show("tunnels", "Control links of nodes.", leading::tunnels);
      figures.show("relayed", "What goes through to nodes.", leading::relayed);
    }
    Gate opened = gate;
    if (opened != null) {
      metrics.of("holdfast_gate_").gate(opened::values);
    }
  }

  /** How they get on, all together. */
  Metrics.Readiness readiness() {
    Metrics.Readiness all = Metrics.Readiness.OK;
    for (Membership member : members) {
      all = all.and(Metrics.Readiness.of(member.health()));
    }
    return all;
  }

  private String status() {
    List<Object> addresses = new ArrayList<>();
    if (auth != null) {
      addresses.addAll(auth.addresses());
    }
    if (proxy != null) {
      addresses.addAll(proxy.addresses().stream().map(GateEvent::name).toList());
    }
    if (gate != null) {
      addresses.addAll(gate.addresses().stream().map(GateEvent::name).toList());
    }
    return addresses.stream()
        .map(Object::toString)
        .collect(Collectors.joining(", ", "serving at ", ""));
  }

  @Override
  public void close() {
    if (tunnels != null) {
      tunnels.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (gate != null) {
      gate.close();
    }
    for (Closeable end : ends) {
      try {
        end.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a membership that does not end", e);
      }
    }
  }
}
