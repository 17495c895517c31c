package dev.holdfast.bench;

import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The node that records against the one that does not, both served by OpenSSH's client: one after
 * the other, over and over. The first repetition is dropped.
 */
final class RecordingSpeed {
  /** Results are ratios to this one. */
  static final SshServer.Kind BASE = SshServer.Kind.UNRECORDED;

  private static final List<SshServer.Kind> KINDS =
      List.of(BASE, SshServer.Kind.RECORDED, SshServer.Kind.RECORDED_SYNC);
  private static final int WARM_ROUNDS = 2;
  private static final String CIPHER = NodeSpeed.CIPHERS.getFirst();

  private final Plan.Ssh amounts;
  private final Results results;
  private final List<SshServer> servers = new ArrayList<>();

  RecordingSpeed(Plan plan, Results results) {
    this.amounts = plan.ssh();
    this.results = results;
  }

  void measure() throws IOException {
    try {
      for (SshServer.Kind kind : KINDS) {
        servers.add(SshServer.start(kind));
      }
      for (int round = 0; round < WARM_ROUNDS; round++) {
        for (SshServer server : servers) {
          SshLoad.flood(server, bytes());
          SshLoad.down(server, CIPHER, bytes());
          SshLoad.echo(server, true, trips(server));
        }
      }
      repeat(
          "flooding terminal",
          server -> {
            long nanos = SshLoad.flood(server, bytes()).toNanos();
            return () -> add(server, "flooding terminal", "MB/s", bytes() * 1e3 / nanos);
          });
      repeat(
          "output of a command",
          server -> {
            long nanos = SshLoad.down(server, CIPHER, bytes()).toNanos();
            return () -> add(server, "output of a command", "MB/s", bytes() * 1e3 / nanos);
          });
      repeat("echo through a pty", this::echo);
    } finally {
      for (SshServer server : servers) {
        server.close();
      }
    }
  }

  /** A terminal is slower than a pipe. */
  private long bytes() {
    return amounts.bytes() / 4;
  }

  /** Each waits for a disk or two where it is recorded before it is shown. */
  private int trips(SshServer server) {
    return server.kind() == SshServer.Kind.RECORDED_SYNC ? amounts.trips() / 20 : amounts.trips();
  }

  private interface Turn {
    Runnable run(SshServer server) throws IOException;
  }

  private void repeat(String name, Turn turn) throws IOException {
    for (int repetition = 0; repetition <= amounts.repetitions(); repetition++) {
      for (SshServer server : servers) {
        double before = Usage.cpuSeconds(server.pid());
        Runnable add = turn.run(server);
        double cpu = Usage.cpuSeconds(server.pid()) - before;
        if (repetition > 0) {
          add.run();
          add(server, name + ", CPU of server", "s", cpu);
        }
      }
    }
  }

  private Runnable echo(SshServer server) throws IOException {
    long[] nanos = SshLoad.echo(server, true, trips(server));
    return () -> {
      for (double percent : new double[] {50, 99}) {
        double micros = Figures.percentile(nanos, percent) / 1e3;
        add(server, "echo through a pty, p" + Results.number(percent), "µs", micros);
      }
    };
  }

  private void add(SshServer server, String name, String unit, double value) {
    results.add(new Measure(name, unit), server.kind().label(), value);
  }
}
