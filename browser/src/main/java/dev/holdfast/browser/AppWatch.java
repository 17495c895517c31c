package dev.holdfast.browser;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * The apps of a server: looked for while somebody watches, and now and then again. Each listener is
 * asked once what it is, and again only if another process or socket is there. Thread-safe.
 */
final class AppWatch implements AutoCloseable {
  /** How often it looks while somebody watches. */
  static final Duration PERIOD = Duration.ofSeconds(5);

  /** How long the server may take for its list. */
  static final Duration LIST = Duration.ofSeconds(20);

  /** Listeners that are asked at the same time. */
  static final int MOST_PROBES = 32;

  /** How often an app that gave no page is asked again, one look after the other. */
  static final int MOST_TRIES = 3;

  private static final byte[] SCRIPT = Resource.bytes("find-apps.sh");

  private static final String NO_SHELL =
      "The server ran no shell to list what listens there; paste the address of an app instead.";

  /** How far it is. */
  enum Phase {
    /** Nothing was looked for yet. */
    NEW,
    /** It is looking for the first time. */
    LOOKING,
    /** The list is as fresh as can be. */
    FOUND,
    /** The server gave no list. */
    FAILED
  }

  /**
   * What is known.
   *
   * @param serverName what the server calls itself
   * @param trouble why there is no list, or nothing
   */
  record Known(
      Phase phase, String system, String serverName, List<App> apps, Optional<String> trouble) {
    static Known without(Phase phase, Optional<String> trouble) {
      return new Known(phase, "", "", List.of(), trouble);
    }

    Known {
      apps = List.copyOf(apps);
    }
  }

  /** A process' socket at an address: while that is the same, the answer of a probe holds. */
  private record Key(String id, long pid, long inode) {}

  private record Told(Probed probed, int tries) {
    boolean isFinal() {
      boolean isReady = probed instanceof Probed.Web web && web.status() < 500;
      return isReady || probed instanceof Probed.NotWeb || tries >= MOST_TRIES;
    }
  }

  private final FarSide far;
  private final Probe probe;
  private final Semaphore probes = new Semaphore(MOST_PROBES);
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  // Guarded by this.
  private final Map<Key, Told> told = new LinkedHashMap<>();
  private Known known = Known.without(Phase.NEW, Optional.empty());
  private List<Candidate> candidates = List.of();
  private boolean isAwake;
  private boolean isWanted;
  private boolean isClosed;

  AppWatch(FarSide far) {
    this.far = far;
    this.probe = new Probe(far);
  }

  synchronized Known known() {
    return known;
  }

  /**
   * Watches from now on: {@code changed} is run at each change, until what is returned is closed.
   */
  Runnable watch(Runnable changed) {
    watchers.add(changed);
    wake();
    return () -> watchers.remove(changed);
  }

  /** Looks at once, and then while somebody watches. */
  synchronized void wake() {
    if (isAwake || isClosed) {
      isWanted = true;
      notifyAll();
      return;
    }
    isAwake = true;
    Thread.ofVirtual().name("apps").start(this::lookWhileWatched);
  }

  private void lookWhileWatched() {
    try {
      do {
        look();
      } while (sleep());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether somebody still watches after a while. */
  private synchronized boolean sleep() throws InterruptedException {
    long deadline = System.nanoTime() + PERIOD.toNanos();
    while (!isWanted && !isClosed && System.nanoTime() - deadline < 0) {
      wait(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
    }
    boolean isAsked = isWanted;
    isWanted = false;
    isAwake = !isClosed && (isAsked || !watchers.isEmpty());
    return isAwake;
  }

  private void look() throws InterruptedException {
    if (known().phase() == Phase.NEW) {
      publish(Known.without(Phase.LOOKING, Optional.empty()));
    }
    Finding finding;
    try {
      finding = Finding.parse(far.run("/bin/sh -s", SCRIPT, Finding.MOST_BYTES, LIST));
    } catch (IOException e) {
      publish(Known.without(Phase.FAILED, Optional.of(String.valueOf(e.getMessage()))));
      return;
    }
    if (!finding.isWhole()) {
      publish(Known.without(Phase.FAILED, Optional.of(NO_SHELL)));
      return;
    }
    found(finding);
    probeNew();
  }

  private void found(Finding finding) {
    synchronized (this) {
      candidates = Candidate.of(finding);
      Set<Key> now = new HashSet<>();
      candidates.forEach(it -> now.add(key(it)));
      told.keySet().retainAll(now);
    }
    publishFound(finding.system(), finding.serverName());
  }

  private static Key key(Candidate candidate) {
    return new Key(candidate.id(), candidate.pid(), candidate.inode());
  }

  private void publishFound(String system, String serverName) {
    Known next;
    synchronized (this) {
      List<App> apps = new ArrayList<>();
      for (Candidate candidate : candidates) {
        apps.add(
            new App(candidate, Optional.ofNullable(told.get(key(candidate))).map(Told::probed)));
      }
      next = new Known(Phase.FOUND, system, serverName, apps, Optional.empty());
    }
    publish(next);
  }

  private void probeNew() throws InterruptedException {
    List<Candidate> asked;
    synchronized (this) {
      asked = candidates.stream().filter(this::isToBeAsked).toList();
    }
    List<Thread> threads = new ArrayList<>();
    for (Candidate candidate : asked) {
      threads.add(Thread.ofVirtual().name("probe").start(() -> probe(candidate)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private boolean isToBeAsked(Candidate candidate) {
    Told before = told.get(key(candidate));
    return before == null || !before.isFinal();
  }

  private void probe(Candidate candidate) {
    try {
      probes.acquire();
      try {
        tell(candidate, probe.of(candidate));
        if (isWeb(candidate)) {
          probe.beside(candidate);
        }
      } finally {
        probes.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Candidate candidate, Probed probed) {
    Known before;
    synchronized (this) {
      Told last = told.get(key(candidate));
      told.put(key(candidate), new Told(probed, last == null ? 1 : last.tries() + 1));
      before = known;
    }
    publishFound(before.system(), before.serverName());
  }

  private synchronized boolean isWeb(Candidate candidate) {
    Told answer = told.get(key(candidate));
    return answer != null && answer.isFinal() && answer.probed() instanceof Probed.Web;
  }

  private void publish(Known next) {
    synchronized (this) {
      if (known.equals(next)) {
        return;
      }
      known = next;
    }
    watchers.forEach(Runnable::run);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    notifyAll();
  }
}
