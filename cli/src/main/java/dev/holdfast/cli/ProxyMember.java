package dev.holdfast.cli;

import dev.holdfast.access.Change;
import dev.holdfast.access.Load;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.Membership;
import dev.holdfast.auth.TicketKeyring;
import dev.holdfast.proxy.ClusterJudge;
import dev.holdfast.proxy.Judge;
import dev.holdfast.proxy.KeptNodes;
import dev.holdfast.proxy.Proxy;
import dev.holdfast.proxy.ProxySettings;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A proxy of a cluster, which says who its users and nodes are. Thread-safe. */
final class ProxyMember implements Closeable {
  /** For a node to tell somebody itself why he has to go, before he is cut off here. */
  private static final Duration NODES_WORD = Duration.ofMillis(700);

  /** For its certificate to be there before nodes come, which want to see it. */
  private static final Duration CERTIFIED = Duration.ofSeconds(3);

  private static final String REMOVED = "This proxy was removed from the cluster.";

  private final ProxyConfiguration configuration;
  private final Membership membership;
  private final ClusterJudge judge;
  private final TicketKeyring keys;
  private final ProxyOffice office;
  private final ServiceLog log;
  private final Certificate certificate = new Certificate();
  private volatile @Nullable Proxy proxy;
  private boolean removed;
  private Runnable whenRemoved = () -> {};

  private ProxyMember(
      ProxyConfiguration configuration,
      Membership membership,
      ClusterJudge judge,
      TicketKeyring keys,
      ProxyOffice office,
      ServiceLog log) {
    this.office = office;
    this.configuration = configuration;
    this.membership = membership;
    this.judge = judge;
    this.keys = keys;
    this.log = log;
  }

  /** Of the host key: the newest one, which is shown as soon as there is somebody who shows it. */
  private static final class Certificate implements Consumer<String> {
    private final CountDownLatch there = new CountDownLatch(1);
    private String newest = "";
    private @Nullable Proxy shower;

    @Override
    public synchronized void accept(String line) {
      newest = line;
      if (shower != null) {
        shower.certify(line);
      }
      there.countDown();
    }

    synchronized Proxy shownBy(Proxy proxy) {
      shower = proxy;
      if (!newest.isEmpty()) {
        proxy.certify(newest);
      }
      return proxy;
    }

    void await() throws IOException {
      try {
        boolean _ = there.await(CERTIFIED.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** Starts it; with {@code takeOver} in place of the process that waits at {@code meeting}. */
  static ProxyMember start(
      ProxyConfiguration configuration,
      Memberships memberships,
      Path meeting,
      boolean takeOver,
      ServiceLog log)
      throws IOException {
    Membership member =
        memberships.open(
            ServiceKind.PROXY,
            configuration.name(),
            configuration.machineKey(),
            configuration.state(),
            List.of());
    TicketKeyring keys = null;
    ProxyOffice office = null;
    try {
      keys = TicketKeyring.open(member, configuration.state(), configuration.ticketRenewable());
      TicketKeyring ring = keys;
      ClusterJudge judge =
          new ClusterJudge(
              member.cluster(),
              member.clusterName(),
              member::userAuthorities,
              KeptNodes.open(
                  configuration.state().resolve(KeptNodes.FILE),
                  log::say,
                  () -> ring.get().canSign()));
      judge.take(new Change.Missed());
      office = ProxyOffice.open(member, configuration);
      ProxyMember started = new ProxyMember(configuration, member, judge, keys, office, log);
      started.start(meeting, takeOver);
      return started;
    } catch (IOException | RuntimeException e) {
      if (keys != null) {
        keys.close();
      }
      if (office != null) {
        office.close();
      }
      member.close();
      throw e;
    }
  }

  private void start(Path meeting, boolean takeOver) throws IOException {
    membership.watch(this::changed);
    live();
    certificate.await();
    ProxySettings settings =
        configuration.settings(keys, new OtherProxies(membership, configuration::places));
    Proxy started =
        Succession.start(
            meeting,
            takeOver,
            from -> {
              Proxy prepared =
                  certificate.shownBy(Proxy.prepare(settings, judge, office, log::say));
              prepared.open(from, log::event);
              return prepared;
            });
    proxy = started;
    membership.tellLoad(
        () -> new Load(started.relayed(), started.tunnels(), started.values().accepted()));
  }

  /** Says that the proxy lives. */
  void live() throws IOException {
    membership.live(configuration::places, certificate);
  }

  Proxy proxy() {
    Proxy started = proxy;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  /** Whether recordings are being made. */
  boolean isRecording() {
    return office.living() > 0;
  }

  Membership membership() {
    return membership;
  }

  /** Has {@code task} run if the proxy is, or was, removed from its cluster. */
  synchronized void whenRemoved(Runnable task) {
    whenRemoved = task;
    if (removed) {
      task.run();
    }
  }

  private void changed(Change change) {
    Predicate<Judge.Wish> concerned = judge.take(change);
    Proxy here = proxy;
    if (here == null) {
      return;
    }
    recheckSoon(here, concerned);
    switch (change) {
      case Change.NodeRemoved(String id, String _) when id.equals(membership.id()) -> removed(here);
      case Change.NodeRemoved(String _, String name) -> here.forget(name);
      case Change.Missed _ -> judge.nodeNames().ifPresent(names -> forgetOthers(here, names));
      case Change.Locked _,
          Change.Unlocked _,
          Change.UserChanged _,
          Change.AuthoritiesChanged _,
          Change.SessionEnding _,
          Change.TicketKeysChanged _ -> {}
    }
  }

  private static void recheckSoon(Proxy proxy, Predicate<Judge.Wish> concerned) {
    Thread.ofVirtual()
        .name("proxy-recheck")
        .start(() -> {
          try {
            Thread.sleep(NODES_WORD);
          } catch (InterruptedException e) {
            // Then at once.
          }
          proxy.recheck(concerned);
        });
  }

  /** Nodes that were removed while nobody told of it. */
  private static void forgetOthers(Proxy proxy, Set<String> names) {
    proxy.nodes().stream().filter(name -> !names.contains(name)).forEach(proxy::forget);
  }

  private void removed(Proxy proxy) {
    log.say(
        ServiceLog.Level.ERROR,
        "removed",
        "this proxy was removed from the cluster and serves no more; to have it join again, remove"
            + " %s/cluster.json and give it a token".formatted(configuration.state()));
    proxy.endAll(REMOVED);
    synchronized (this) {
      removed = true;
      whenRemoved.run();
    }
  }

  /** The proxy itself ends with the other services. */
  @Override
  public void close() {
    office.close();
    keys.close();
    membership.close();
  }
}
