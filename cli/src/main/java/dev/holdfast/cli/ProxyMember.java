package dev.holdfast.cli;

import dev.holdfast.access.Change;
import dev.holdfast.access.Load;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.Membership;
import dev.holdfast.proxy.ClusterJudge;
import dev.holdfast.proxy.Judge;
import dev.holdfast.proxy.Proxy;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** A proxy of a cluster, which says who its users and nodes are. Thread-safe. */
record ProxyMember(Proxy proxy, Membership membership) implements Closeable {
  /** For a node to tell somebody itself why he has to go, before he is cut off here. */
  private static final Duration NODES_WORD = Duration.ofMillis(700);

  static ProxyMember start(
      ProxyConfiguration configuration, Memberships memberships, ServiceLog log)
      throws IOException {
    Membership member =
        memberships.open(
            ServiceKind.PROXY,
            configuration.name(),
            configuration.machineKey(),
            configuration.state(),
            List.of());
    try {
      ClusterJudge judge =
          new ClusterJudge(member.cluster(), member.clusterName(), member::userAuthorities);
      judge.take(new Change.Missed());
      Proxy proxy = Proxy.start(configuration.settings(), judge, log::say, log::event);
      member.watch(change -> changed(proxy, judge, change));
      member.tellLoad(() -> new Load(proxy.relayed(), proxy.tunnels(), proxy.values().accepted()));
      member.live(configuration::places, proxy::certify);
      return new ProxyMember(proxy, member);
    } catch (IOException | RuntimeException e) {
      member.close();
      throw e;
    }
  }

  private static void changed(Proxy proxy, ClusterJudge judge, Change change) {
    Predicate<Judge.Wish> concerned = judge.take(change);
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
    if (change instanceof Change.NodeRemoved(String _, String name)) {
      proxy.forget(name);
    }
  }

  /** The proxy itself ends with the other services. */
  @Override
  public void close() {
    membership.close();
  }
}
