package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A cluster of many machines, of which every part ends and is replaced while sessions of all kinds
 * go on through it.
 */
@NeedsRoot
@Needs({Tool.SSH, Tool.IP, Tool.SOCAT, Tool.GCC})
final class GreatClusterTest {
  private static final int NODES = Effort.LONG ? 10 : 3;
  private static final int SESSIONS =
      Integer.getInteger("holdfast.sessions", Effort.LONG ? 100 : 12);
  private static final int CHANGES = Integer.getInteger("holdfast.changes", Effort.LONG ? 100 : 7);
  private static final int AT_ONCE = 8;
  private static final List<ClientKind> KINDS = List.of(ClientKind.values());
  private static final List<Trickle.Work> WORKS = List.of(Trickle.Work.values());
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A client whose proxies are all gone tries for two minutes to say that it leaves. */
  private static final Duration GONE = Duration.ofSeconds(150);

  private final List<Trickle> trickles = new CopyOnWriteArrayList<>();
  private final Map<String, List<Long>> worst = new TreeMap<>();
  private final Map<String, Integer> jumpsThatEnded = new TreeMap<>();
  private long bytes;
  private volatile boolean over;

  @Test
  void nothingIsLostWhateverEndsAndIsReplaced() throws Exception {
    try (WideCluster cluster = WideCluster.start(NODES)) {
      try {
        Thread.ofPlatform().daemon().name("look").start(this::lookOn);
        begin(cluster);
        for (int i = 0; i < CHANGES; i++) {
          proxyChanges(cluster, i);
          othersChange(cluster, i);
        }
        trickles.forEach(Trickle::finish);
        bytes += trickles.stream().mapToLong(Trickle::heard).sum();
        tell(cluster);
      } catch (Exception | Error e) {
        tell(cluster);
        System.err.println(cluster.log());
        throw e;
      } finally {
        over = true;
        trickles.forEach(Trickle::close);
      }
    } finally {
      Leftovers.end(GONE);
    }
  }

  private void begin(WideCluster cluster) {
    for (int i = 0; i < SESSIONS; i++) {
      trickles.add(session(cluster, i));
      if (i % AT_ONCE == AT_ONCE - 1) {
        awaitAll(System.nanoTime());
        if (Effort.LONG) {
          System.err.printf("%d sessions%n", i + 1);
        }
      }
    }
    awaitAll(System.nanoTime());
    trickles.forEach(Trickle::takeWorst);
  }

  private static Trickle session(WideCluster cluster, int number) {
    ClientKind kind = KINDS.get(number % KINDS.size());
    Trickle.Work work = WORKS.get(number / KINDS.size() % WORKS.size());
    return Trickle.start(cluster, kind, work, WideCluster.node(number % NODES), number);
  }

  /** One proxy after the other, and each in all three ways. */
  private void proxyChanges(WideCluster cluster, int turn) throws Exception {
    int number = turn % WideCluster.PROXIES;
    String proxy = WideCluster.proxy(number);
    switch ((turn + turn / WideCluster.PROXIES) % 3) {
      case 0 -> change("proxy killed", cluster, () -> cluster.kill(proxy));
      case 1 -> change("proxy taken over", cluster, () -> cluster.takeOver(proxy));
      default -> change("proxy restarted", cluster, () -> cluster.restart(proxy));
    }
    cluster.awaitNodes(number);
  }

  private void othersChange(WideCluster cluster, int turn) throws Exception {
    switch (turn % 10) {
      case 1, 6 -> {
        String node = WideCluster.node(turn / 5 % NODES);
        change("node taken over", cluster, () -> cluster.takeOver(node));
        for (int i = 0; i < WideCluster.PROXIES; i++) {
          cluster.awaitNodes(i);
        }
      }
      case 3 -> change("auth taken over", cluster, () -> cluster.takeOver("auth" + turn / 10 % 2));
      case 4 -> {
        String kind = turn / 10 % 2 == 0 ? "user" : "host";
        change("authority changed", cluster, () -> cluster.changeAuthority(kind));
        assertSomebodyIsLetIn(cluster, turn);
      }
      case 5 -> {
        change("database restarted", cluster, cluster::restartDatabase);
        assertSomebodyIsLetIn(cluster, turn);
      }
      default -> {}
    }
  }

  private static void assertSomebodyIsLetIn(WideCluster cluster, int turn) {
    Command ssh = cluster.client(ClientKind.JUMP, turn).plus("node0.demo", "true");
    Await.until("somebody to be let in", PATIENCE, () -> ssh.run().status() == 0);
  }

  /** What is done to a cluster. */
  private interface Change {
    void happen() throws Exception;
  }

  private void change(String what, WideCluster cluster, Change change) throws Exception {
    change.happen();
    beginAgain(what, cluster);
    awaitAll(System.nanoTime());
    List<Long> each =
        trickles.stream()
            .filter(it -> it.kind().survives())
            .map(it -> it.takeWorst().toMillis())
            .toList();
    trickles.forEach(Trickle::takeWorst);
    worst.computeIfAbsent(what, key -> new ArrayList<>()).addAll(each);
    if (Effort.LONG) {
      System.err.print(line(what, each));
    }
  }

  private void lookOn() {
    while (!over) {
      trickles.forEach(Trickle::look);
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }

  /** Who has nothing to come back with logs in by hand. */
  private void beginAgain(String what, WideCluster cluster) {
    for (int i = 0; i < trickles.size(); i++) {
      Trickle one = trickles.get(i);
      if (!one.alive()) {
        assertThat(one.kind()).as("%s, when %s", one, what).isEqualTo(ClientKind.JUMP);
        one.assertHeardRight();
        bytes += one.heard();
        one.close();
        jumpsThatEnded.merge(what, 1, Integer::sum);
        if (Effort.LONG) {
          System.err.printf("ended when %s: %s%n", what, one);
        }
        trickles.set(i, session(cluster, i));
      }
    }
  }

  /** Waits until each session has heard something that was said after that. */
  private void awaitAll(long since) {
    Await.until(
        () -> "an answer in " + trickles.stream().filter(it -> !it.heardSince(since)).toList(),
        PATIENCE,
        () -> trickles.stream().allMatch(it -> it.heardSince(since) || !it.alive()));
  }

  private void tell(WideCluster cluster) {
    StringBuilder said = new StringBuilder();
    worst.forEach((what, all) -> said.append(line(what, all)));
    System.err.printf(
        "%d sessions, %d nodes; %d MiB came back; %d processes of services at the end; jumps that"
            + " ended: %s%n%s",
        trickles.size(), NODES, bytes >> 20, cluster.processes(), jumpsThatEnded, said);
  }

  private static String line(String what, List<Long> all) {
    List<Long> sorted = all.stream().sorted().toList();
    return "%s: a byte and its echo, the slowest of each session: p50 %d ms, p90 %d ms, p99 %d ms, most %d ms; %d of %d above 1 s%n"
        .formatted(
            what,
            sorted.get(sorted.size() / 2),
            sorted.get(sorted.size() * 9 / 10),
            sorted.get(sorted.size() * 99 / 100),
            sorted.getLast(),
            Stream.of(sorted).flatMap(List::stream).filter(it -> it > 1000).count(),
            sorted.size());
  }
}
