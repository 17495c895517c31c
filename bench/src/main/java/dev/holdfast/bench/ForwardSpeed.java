package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code holdfast forward} and no tunnel at all against {@code ssh -N -L}, all to one web server
 * behind one sshd: one after the other, over and over, near and 70 ms away, there also by a real
 * browser. The first repetition is dropped.
 */
final class ForwardSpeed {
  /** Results are ratios to this one. */
  static final String BASE = "ssh -N -L";

  private static final Duration FAR = Duration.ofMillis(70);
  private static final int OBJECTS = 100;
  private static final int OBJECT_BYTES = 10_000;
  private static final int CONNECTIONS = 6;
  private static final int FAR_REQUESTS = 7;
  private static final int NEAR_REQUESTS = 500;
  private static final long START_MAX_NANOS = 30_000_000_000L;
  private static final long LOOK_NANOS = 50_000_000;

  /** Between two requests of a person. */
  private static final long THINK_NANOS = 1_000_000_000;

  /** Before one way's turn: with those of the others, no way was used for longer than 15 s. */
  private static final long ABSENT_NANOS = 8_000_000_000L;

  private static final int DOCUMENTS = 3;

  private final Plan plan;
  private final Plan.Ssh amounts;
  private final Results results;

  ForwardSpeed(Plan plan, Results results) {
    this.plan = plan;
    this.amounts = plan.ssh();
    this.results = results;
  }

  /** A port of loopback that leads to the web server. */
  private record Way(String label, int port) {}

  void measure() throws IOException {
    try (WebServer web = WebServer.start();
        SshServer sshd = SshServer.start(SshServer.Kind.SSHD)) {
      at(Duration.ZERO, web, sshd);
      at(FAR, web, sshd);
    }
  }

  private void at(Duration roundTrip, WebServer web, SshServer sshd) throws IOException {
    DelayRelay.Shape shape = DelayRelay.Shape.roundTrip(roundTrip, plan.windowBytes());
    var segments = new Segments();
    Scratch scratch = Scratch.make();
    try (DelayRelay toWeb = DelayRelay.start(web.port(), shape, segments);
        DelayRelay toSshd = DelayRelay.start(sshd.port(), shape, segments)) {
      int first = FreePort.find();
      int second = FreePort.find();
      List<String> ssh = new ArrayList<>(sshd.client(List.of("ssh"), toSshd.port(), "-N"));
      ssh.addAll(List.of("-L", first + ":127.0.0.1:" + web.port(), SshReach.host()));
      String directory = scratch.directory().toString();
      List<String> ours =
          new ArrayList<>(
              List.of(
                  "env",
                  "XDG_RUNTIME_DIR=" + directory,
                  "XDG_STATE_HOME=" + directory,
                  "XDG_CONFIG_HOME=" + directory,
                  Resuming.launcher(),
                  "forward",
                  "--foreground"));
      ours.addAll(sshd.client(List.of(), toSshd.port()));
      ours.addAll(List.of("-L", second + ":127.0.0.1:" + web.port(), SshReach.host()));
      try (Child base = Child.start(ssh);
          Child forwarder = Child.start(ours)) {
        Way direct = new Way("no tunnel", toWeb.port());
        List<Way> ways = List.of(new Way(BASE, first), new Way("holdfast forward", second), direct);
        await(base, ways.get(0));
        await(forwarder, ways.get(1));
        measure(ways, roundTrip);
        if (!roundTrip.isZero()) {
          documents(ways);
        }
      }
      if (!roundTrip.isZero()) {
        apps(sshd, toSshd.port(), web.port());
      }
    } finally {
      scratch.delete();
    }
  }

  private void measure(List<Way> ways, Duration roundTrip) throws IOException {
    boolean near = roundTrip.isZero();
    String where = near ? ", near" : ", " + roundTrip.toMillis() + " ms";
    int requests = near ? NEAR_REQUESTS : FAR_REQUESTS;
    long bytes = near ? amounts.bytes() : amounts.bytes() / 16;
    repeat(ways, way -> requests(way, where, requests, near ? 0 : THINK_NANOS));
    repeat(ways, way -> page(way, where));
    repeat(ways, way -> bulk(way, where, bytes));
  }

  private static void await(Child tunnel, Way way) throws IOException {
    long deadline = System.nanoTime() + START_MAX_NANOS;
    while (tunnel.isAlive() && System.nanoTime() < deadline) {
      try (var connection = WebConnection.open(way.port())) {
        connection.get(1);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    throw new IOException(way.label() + " leads nowhere" + tunnel.complaint());
  }

  /** One turn of one way; returns what to add to the results if the turn counts. */
  private interface Turn {
    Runnable run(Way way) throws IOException;
  }

  private void repeat(List<Way> ways, Turn turn) throws IOException {
    for (int repetition = 0; repetition <= amounts.repetitions(); repetition++) {
      for (Way way : ways) {
        Runnable add = turn.run(way);
        if (repetition > 0) {
          add.run();
        }
      }
    }
  }

  /** Each on a connection of its own. */
  private Runnable requests(Way way, String where, int count, long pauseNanos) throws IOException {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      LockSupport.parkNanos(pauseNanos);
      long start = System.nanoTime();
      try (var connection = WebConnection.open(way.port())) {
        connection.get(OBJECT_BYTES);
      }
      nanos[i] = System.nanoTime() - start;
    }
    return () -> {
      add(way, "a request on a new connection" + where + ", p50", "ms", nanos, 50);
      add(way, "a request on a new connection" + where + ", most", "ms", nanos, 100);
    };
  }

  /** As a browser loads it: over six connections at once, each used again. */
  private Runnable page(Way way, String where) throws IOException {
    var left = new AtomicInteger(OBJECTS);
    var loads = new ArrayList<FutureTask<Long>>();
    long start = System.nanoTime();
    for (int i = 0; i < CONNECTIONS; i++) {
      var load = new FutureTask<>(() -> load(way, left));
      loads.add(load);
      Thread.ofPlatform().daemon().start(load);
    }
    for (FutureTask<Long> load : loads) {
      Transfer.outcome(load);
    }
    long[] nanos = {System.nanoTime() - start};
    return () -> add(way, "100 objects over six connections" + where, "ms", nanos, 50);
  }

  private static long load(Way way, AtomicInteger left) throws IOException {
    try (var connection = WebConnection.open(way.port())) {
      while (left.getAndDecrement() > 0) {
        connection.get(OBJECT_BYTES);
      }
    }
    return 0;
  }

  private Runnable bulk(Way way, String where, long bytes) throws IOException {
    long start = System.nanoTime();
    try (var connection = WebConnection.open(way.port())) {
      connection.get(bytes);
    }
    double rate = bytes / (double) (System.nanoTime() - start) * 1e3;
    return () -> results.add(new Results.Measure("download" + where, "MB/s"), way.label(), rate);
  }

  /** In a real browser: those that come soon after others, and the first for a while. */
  private void documents(List<Way> ways) throws IOException {
    if (!Chromium.isInstalled()) {
      results.remark("No document was loaded, for Chromium is not installed.");
      return;
    }
    try (Chromium chromium = Chromium.start()) {
      String where = " document in Chromium, " + FAR.toMillis() + " ms";
      repeat(ways, way -> documents(chromium, way, "a" + where, DOCUMENTS, THINK_NANOS));
      repeat(ways, way -> documents(chromium, way, "the first" + where, 1, ABSENT_NANOS));
    }
  }

  private Runnable documents(Chromium chromium, Way way, String name, int count, long pauseNanos)
      throws IOException {
    double[] millis = new double[count];
    for (int i = 0; i < count; i++) {
      LockSupport.parkNanos(pauseNanos);
      millis[i] = chromium.documentMillis("http://127.0.0.1:" + way.port() + "/" + OBJECT_BYTES);
    }
    Arrays.sort(millis);
    return () -> results.add(new Results.Measure(name, "ms"), way.label(), millis[count / 2]);
  }

  private void apps(SshServer sshd, int relayPort, int appPort) throws IOException {
    String name = "apps of a server found, " + FAR.toMillis() + " ms";
    for (int repetition = 0; repetition < amounts.repetitions(); repetition++) {
      double millis = AppSearch.millis(sshd, relayPort, appPort);
      results.add(new Results.Measure(name, "ms"), AppSearch.LABEL, millis);
    }
  }

  private void add(Way way, String name, String unit, long[] nanos, double percent) {
    double millis = Figures.percentile(nanos, percent) / 1e6;
    results.add(new Results.Measure(name, unit), way.label(), millis);
  }
}
