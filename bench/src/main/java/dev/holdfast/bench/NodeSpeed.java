package dev.holdfast.bench;

import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The node against OpenSSH's sshd, both served by OpenSSH's client: one after the other, over and
 * over. The first repetition is dropped.
 */
final class NodeSpeed {
  static final List<String> CIPHERS =
      List.of("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com");

  /** Results are ratios to this one. */
  static final SshServer.Kind BASE = SshServer.Kind.SSHD;

  private static final int WARM_ROUNDS = 2;
  private static final Duration SETTLE = Duration.ofSeconds(2);

  /** What sessions run here: their memory is the user's, not the server's. */
  private static final String PROGRAM = "cat";

  private final Plan plan;
  private final Plan.Ssh amounts;
  private final Results results;
  private final List<SshServer> servers = new ArrayList<>();

  NodeSpeed(Plan plan, Results results) {
    this.plan = plan;
    this.amounts = plan.ssh();
    this.results = results;
  }

  void measure() throws IOException {
    try {
      for (SshServer.Kind kind : List.of(BASE, SshServer.Kind.NODE)) {
        servers.add(SshServer.start(kind));
      }
      warmUp();
      for (String cipher : CIPHERS) {
        String name = cipher.substring(0, cipher.indexOf('@'));
        String down = "download, " + name;
        repeat(down, server -> bulk(server, down, SshLoad.down(server, cipher, bytes())));
        String up = "upload, " + name;
        repeat(up, server -> bulk(server, up, SshLoad.up(server, cipher, bytes())));
      }
      repeat("set-up", this::setUps);
      repeat("echo through a pty", server -> echo(server, "echo through a pty", true));
      repeat("echo through pipes", server -> echo(server, "echo through pipes", false));
      for (SshServer server : servers) {
        idle(server);
      }
    } finally {
      for (SshServer server : servers) {
        server.close();
      }
    }
  }

  /** Until their code is compiled. */
  private void warmUp() throws IOException {
    for (int round = 0; round < WARM_ROUNDS; round++) {
      for (SshServer server : servers) {
        for (String cipher : CIPHERS) {
          SshLoad.down(server, cipher, bytes());
          SshLoad.up(server, cipher, bytes());
        }
        SshLoad.echo(server, true, amounts.trips());
      }
    }
  }

  private long bytes() {
    return amounts.bytes();
  }

  /** One turn of one server; returns what to add to the results if the turn counts. */
  private interface Turn {
    Runnable run(SshServer server) throws IOException;
  }

  private void repeat(String name, Turn turn) throws IOException {
    for (int repetition = 0; repetition <= amounts.repetitions(); repetition++) {
      for (SshServer server : servers) {
        double cpuBefore = Usage.cpuSeconds(server.pid());
        Runnable add = turn.run(server);
        double cpu = Usage.cpuSeconds(server.pid()) - cpuBefore;
        if (repetition > 0) {
          add.run();
          add(server, name + ", CPU of server", "s", cpu);
        }
      }
    }
  }

  private Runnable bulk(SshServer server, String name, Duration taken) {
    return () -> add(server, name, "MB/s", bytes() / (double) taken.toNanos() * 1e3);
  }

  private Runnable setUps(SshServer server) throws IOException {
    long[] nanos = new long[amounts.setUps()];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = SshLoad.setUp(server).toNanos();
    }
    return () -> add(server, "set-up, p50", "ms", Figures.percentile(nanos, 50) / 1e6);
  }

  private Runnable echo(SshServer server, String name, boolean pty) throws IOException {
    long[] nanos = SshLoad.echo(server, pty, amounts.trips());
    return () -> {
      for (double percent : new double[] {50, 99, 99.9}) {
        double micros = Figures.percentile(nanos, percent) / 1e3;
        add(server, name + ", p" + Results.number(percent), "µs", micros);
      }
    };
  }

  private void idle(SshServer server) throws IOException {
    var sessions = new ArrayList<SshLoad.Echo>();
    try {
      long before = Usage.pssKib(server.pid(), PROGRAM);
      for (int i = 0; i < amounts.idle(); i++) {
        sessions.add(SshLoad.Echo.open(server, false));
      }
      LockSupport.parkNanos(SETTLE.toNanos());
      look(server, before, "settled");
      LockSupport.parkNanos(plan.rest().toNanos());
      look(server, before, plan.rest().toSeconds() + " s later");
    } finally {
      sessions.forEach(SshLoad.Echo::close);
    }
  }

  private void look(SshServer server, long before, String when) throws IOException {
    long now = Usage.pssKib(server.pid(), PROGRAM);
    String name = "proportional memory of %d idle sessions, ".formatted(amounts.idle()) + when;
    add(server, name, "MiB", now / 1024.0);
    add(server, name + ", each more", "KiB", (now - before) / (double) amounts.idle());
  }

  private void add(SshServer server, String name, String unit, double value) {
    results.add(new Measure(name, unit), server.kind().label(), value);
  }
}
