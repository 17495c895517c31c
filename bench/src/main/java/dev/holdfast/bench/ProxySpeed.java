package dev.holdfast.bench;

import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Our proxy with a node behind it against {@code ssh -J} with sshd at both places: one after the
 * other, over and over, near and 50 ms away from the user. The first repetition is dropped.
 */
final class ProxySpeed {
  /** Results are ratios to this one. */
  static final String BASE = "ssh -J sshd";

  private static final String CIPHER = NodeSpeed.CIPHERS.getFirst();
  private static final Duration FAR = Duration.ofMillis(50);
  private static final Duration SETTLE = Duration.ofSeconds(2);
  private static final int WARM_ROUNDS = 2;

  /** What sessions run here: their memory is the user's, not the server's. */
  private static final String PROGRAM = "cat";

  private static final int SOCKETS = 4_096;

  /** Set-ups and round trips far away take long. */
  private static final int FAR_PART = 50;

  private final Plan plan;
  private final Plan.Ssh amounts;
  private final Results results;

  ProxySpeed(Plan plan, Results results) {
    this.plan = plan;
    this.amounts = plan.ssh();
    this.results = results;
  }

  void measure() throws IOException {
    DelayRelay.Shape shape = DelayRelay.Shape.roundTrip(FAR, plan.windowBytes());
    var segments = new Segments();
    Scratch scratch = Scratch.make();
    try (SshServer target = SshServer.start(SshServer.Kind.SSHD);
        SshServer jump = SshServer.start(SshServer.Kind.SSHD);
        SshServer node = SshServer.start(SshServer.Kind.NODE);
        SshProxy proxy = start(new ProxyUser(node, scratch));
        DelayRelay toJump = DelayRelay.start(jump.port(), shape, segments);
        DelayRelay toProxy = DelayRelay.start(proxy.port(), shape, segments)) {
      var user = new ProxyUser(node, scratch);
      List<Way> near = ways(jump, jump.port(), target, user, proxy, proxy.port());
      List<Way> far = ways(jump, toJump.port(), target, user, proxy, toProxy.port());
      warmUp(near);
      repeat(near, "set-up, near", way -> setUps(way, "set-up, near", amounts.setUps()));
      repeat(
          far,
          "set-up, 50 ms",
          way -> setUps(way, "set-up, 50 ms", Math.max(3, amounts.setUps() / 4)));
      repeat(near, "echo, near", way -> echo(way, "echo, near", amounts.trips()));
      int farTrips = Math.max(20, amounts.trips() / FAR_PART);
      repeat(far, "echo, 50 ms", way -> echo(way, "echo, 50 ms", farTrips));
      repeat(near, "download, near", way -> down(way, "download, near", amounts.bytes()));
      repeat(near, "upload, near", way -> up(way, "upload, near", amounts.bytes()));
      // One process each for the others' clients, and theirs is not the memory that is asked for.
      for (Way way : near.subList(0, 2)) {
        idle(way);
      }
    } finally {
      scratch.delete();
    }
  }

  private static SshProxy start(ProxyUser user) throws IOException {
    return SshProxy.start(List.of(user.key()), user.nodeLine(), SOCKETS);
  }

  /** A way to a shell, and the process in the middle of it. */
  private record Way(String label, List<String> client, long between) implements SshReach {
    @Override
    public List<String> client(String... options) {
      var command = new ArrayList<>(client);
      command.addAll(List.of(options));
      return command;
    }
  }

  private static List<Way> ways(
      SshServer jump, int toJump, SshServer target, ProxyUser user, SshProxy proxy, int toProxy)
      throws IOException {
    String launcher = Resuming.launcher();
    List<String> jumping =
        target.client(
            List.of("ssh"), target.port(), "-o", "ProxyCommand=" + jumpCommand(jump, toJump));
    return List.of(
        new Way(BASE, jumping, jump.pid()),
        new Way("ssh -J proxy", user.jump(toProxy), proxy.pid()),
        new Way("ssh, connect --proxy", user.connect(launcher, toProxy), proxy.pid()),
        new Way("holdfast ssh, proxy", user.road(launcher, toProxy), proxy.pid()));
  }

  /** What {@code -J} does, with this jump host's own key. */
  private static String jumpCommand(SshServer jump, int port) {
    return String.join(" ", jump.client(List.of("ssh"), port, "-W", "%h:%p", SshReach.host()));
  }

  private void warmUp(List<Way> ways) throws IOException {
    for (int round = 0; round < WARM_ROUNDS; round++) {
      for (Way way : ways) {
        SshLoad.down(way, CIPHER, amounts.bytes());
        SshLoad.up(way, CIPHER, amounts.bytes());
        SshLoad.echo(way, true, amounts.trips());
      }
    }
  }

  /** One turn of one way; returns what to add to the results if the turn counts. */
  private interface Turn {
    Runnable run(Way way) throws IOException;
  }

  private void repeat(List<Way> ways, String name, Turn turn) throws IOException {
    for (int repetition = 0; repetition <= amounts.repetitions(); repetition++) {
      for (Way way : ways) {
        double before = Usage.cpuSeconds(way.between());
        Runnable add = turn.run(way);
        double cpu = Usage.cpuSeconds(way.between()) - before;
        if (repetition > 0) {
          add.run();
          add(way, name + ", CPU in the middle", "s", cpu);
        }
      }
    }
  }

  private Runnable setUps(Way way, String name, int count) throws IOException {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      nanos[i] = SshLoad.setUp(way).toNanos();
    }
    return () -> add(way, name + ", p50", "ms", Figures.percentile(nanos, 50) / 1e6);
  }

  private Runnable echo(Way way, String name, int trips) throws IOException {
    long[] nanos = SshLoad.echo(way, true, trips);
    return () -> {
      for (double percent : new double[] {50, 99}) {
        double micros = Figures.percentile(nanos, percent) / 1e3;
        add(way, name + ", p" + Results.number(percent), "µs", micros);
      }
    };
  }

  private Runnable down(Way way, String name, long bytes) throws IOException {
    Duration taken = SshLoad.down(way, CIPHER, bytes);
    return () -> add(way, name, "MB/s", bytes / (double) taken.toNanos() * 1e3);
  }

  private Runnable up(Way way, String name, long bytes) throws IOException {
    Duration taken = SshLoad.up(way, CIPHER, bytes);
    return () -> add(way, name, "MB/s", bytes / (double) taken.toNanos() * 1e3);
  }

  private void idle(Way way) throws IOException {
    var sessions = new ArrayList<SshLoad.Echo>();
    try {
      long before = Usage.pssKib(way.between(), PROGRAM);
      for (int i = 0; i < amounts.idle(); i++) {
        sessions.add(SshLoad.Echo.open(way, false));
      }
      LockSupport.parkNanos(SETTLE.toNanos());
      double each = (Usage.pssKib(way.between(), PROGRAM) - before) / (double) amounts.idle();
      add(way, "memory in the middle, each of %d".formatted(amounts.idle()), "KiB", each);
    } finally {
      sessions.forEach(SshLoad.Echo::close);
    }
  }

  private void add(Way way, String name, String unit, double value) {
    results.add(new Measure(name, unit), way.label(), value);
  }
}
