package dev.holdfast.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code holdfast ssh} against OpenSSH's ssh, each to sshd and to the node: one after the other,
 * over and over, near and 50 ms away. The first repetition is dropped.
 */
final class ClientSpeed {
  /** Results are ratios to this one. */
  static final String BASE = "ssh to sshd";

  private static final String CIPHER = "aes128-gcm@openssh.com";
  private static final Duration FAR = Duration.ofMillis(50);

  /** Set-ups and round trips far away take long. */
  private static final int FAR_PART = 50;

  private final Plan plan;
  private final Plan.Ssh amounts;
  private final Results results;

  ClientSpeed(Plan plan, Results results) {
    this.plan = plan;
    this.amounts = plan.ssh();
    this.results = results;
  }

  /** A client on its way to a server. */
  private record Reach(String label, SshServer server, List<String> program, int port)
      implements SshReach {
    @Override
    public List<String> client(String... options) {
      return server.client(program, port, options);
    }
  }

  void measure() throws IOException {
    DelayRelay.Shape shape = DelayRelay.Shape.roundTrip(FAR, plan.windowBytes());
    var segments = new Segments();
    try (SshServer sshd = SshServer.start(SshServer.Kind.SSHD);
        SshServer node = SshServer.start(SshServer.Kind.NODE);
        DelayRelay toSshd = DelayRelay.start(sshd.port(), shape, segments);
        DelayRelay toNode = DelayRelay.start(node.port(), shape, segments)) {
      List<Reach> near = reaches(sshd, sshd.port(), node, node.port());
      List<Reach> far = reaches(sshd, toSshd.port(), node, toNode.port());
      repeat(near, reach -> setUps(reach, "set-up, near", amounts.setUps()));
      repeat(far, reach -> setUps(reach, "set-up, 50 ms", Math.max(3, amounts.setUps() / 4)));
      repeat(near, reach -> echo(reach, "echo through a pty, near", amounts.trips()));
      repeat(far, reach -> echo(reach, "echo, 50 ms", Math.max(20, amounts.trips() / FAR_PART)));
      repeat(near, reach -> down(reach, "download, near", amounts.bytes()));
      repeat(far, reach -> down(reach, "download, 50 ms", amounts.bytes() / 4));
      repeat(near, this::memory);
    }
  }

  private static List<Reach> reaches(SshServer sshd, int toSshd, SshServer node, int toNode) {
    List<String> ssh = List.of("ssh");
    List<String> ours = List.of(Resuming.launcher(), "ssh");
    return List.of(
        new Reach(BASE, sshd, ssh, toSshd),
        new Reach("holdfast to sshd", sshd, ours, toSshd),
        new Reach("ssh to node", node, ssh, toNode),
        new Reach("holdfast to node", node, ours, toNode));
  }

  /** One turn of one client; returns what to add to the results if the turn counts. */
  private interface Turn {
    Runnable run(Reach reach) throws IOException;
  }

  private void repeat(List<Reach> reaches, Turn turn) throws IOException {
    for (int repetition = 0; repetition <= amounts.repetitions(); repetition++) {
      for (Reach reach : reaches) {
        Runnable add = turn.run(reach);
        if (repetition > 0) {
          add.run();
        }
      }
    }
  }

  private Runnable setUps(Reach reach, String name, int count) throws IOException {
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      nanos[i] = SshLoad.setUp(reach).toNanos();
    }
    return () -> add(reach, name + ", p50", "ms", Figures.percentile(nanos, 50) / 1e6);
  }

  private Runnable echo(Reach reach, String name, int trips) throws IOException {
    long[] nanos = SshLoad.echo(reach, true, trips);
    return () -> {
      for (double percent : new double[] {50, 99}) {
        double micros = Figures.percentile(nanos, percent) / 1e3;
        add(reach, name + ", p" + Results.number(percent), "µs", micros);
      }
    };
  }

  private Runnable down(Reach reach, String name, long bytes) throws IOException {
    Duration taken = SshLoad.down(reach, CIPHER, bytes);
    return () -> add(reach, name, "MB/s", bytes / (double) taken.toNanos() * 1e3);
  }

  private Runnable memory(Reach reach) throws IOException {
    var values = new ArrayList<Double>();
    try (var session = SshLoad.Echo.open(reach, true)) {
      for (int i = 0; i < amounts.trips(); i++) {
        session.trip();
      }
      values.add(Usage.of(session.pid()).pssKib() / 1024.0);
    }
    return () -> add(reach, "proportional memory of a client", "MiB", values.getFirst());
  }

  private void add(Reach reach, String name, String unit, double value) {
    results.add(new Results.Measure(name, unit), reach.label(), value);
  }
}
