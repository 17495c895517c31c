package dev.holdfast.cli;

import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.ServiceNotice;
import dev.holdfast.link.Signals;
import dev.holdfast.proxy.FileCluster;
import dev.holdfast.proxy.NodeTunnels;
import dev.holdfast.proxy.Proxy;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

  private OtherServices() {}

  /** Starts those that are configured. */
  static OtherServices start(ServeConfiguration configuration, ServiceLog log) throws IOException {
    OtherServices others = new OtherServices();
    try {
      log.change(configuration.logLevel(), configuration.logFormat());
      ProxyConfiguration forProxy = configuration.proxy();
      if (forProxy != null) {
        FileCluster cluster = new FileCluster(forProxy.users(), forProxy.nodes(), log::say);
        others.proxy = Proxy.start(forProxy.settings(), cluster, log::say, log::event);
      }
      GateSection forGate = configuration.gate();
      if (forGate != null) {
        Gate opened = Gate.start(forGate.settings(), log::event);
        others.gate = opened;
        others.tunnels = forGate.tunnels().open(opened::adopt, log::say);
      }
      return others;
    } catch (IOException | RuntimeException e) {
      others.close();
      throw e;
    }
  }

  /** Waits until somebody wants the process to end. */
  void run(ServeConfiguration configuration, ServiceLog log)
      throws IOException, InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    Signals.on(Signals.Kind.TERMINATE, end::countDown);
    Signals.on(Signals.Kind.INTERRUPT, end::countDown);
    Signals.on(
        Signals.Kind.HANGUP,
        () ->
            log.say(
                ServiceLog.Level.INFO,
                "reload",
                "SIGHUP: users and nodes are read again whenever their files change;"
                    + " anything else in %s needs a restart".formatted(configuration.file())));
    ServiceNotice notice = ServiceNotice.ofEnvironment();
    notice.ready(status());
    log.say(ServiceLog.Level.DEBUG, "ready", status());
    end.await();
    notice.stopping("ending");
    if (gate != null) {
      gate.shutDown("The gate was shut down; connect again when it is back.", GOODBYE);
    }
    log.say(ServiceLog.Level.INFO, "end", "ended");
  }

  private String status() {
    List<Object> addresses = new ArrayList<>();
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
  }
}
