package dev.holdfast.bench;

import dev.holdfast.bench.Results.Measure;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One proxy with a crowd at it: what its memory and time are with more and more sessions, and how
 * long users wait. There is nobody to compare with.
 */
final class ProxyCrowd {
  /** Sessions for each node. */
  private static final int SESSIONS_OF_A_NODE = 10;

  /** Parts of the sessions at which is looked. */
  private static final List<Double> STEPS = List.of(0.1, 0.25, 0.5, 1.0);

  private static final int TYPING_SECONDS = 20;
  private static final int SOCKETS_OF_A_SESSION = 4;

  /** Each of two sockets: the user's to the proxy and the node's. */
  private static final int CONNECTIONS_OF_A_SESSION = SOCKETS_OF_A_SESSION / 2;

  private final int wanted;
  private final Results results;

  ProxyCrowd(Plan plan, Results results) {
    wanted = plan.idle();
    this.results = results;
  }

  void measure() throws IOException {
    int most = fitting();
    int nodes = nodesFor(most);
    int sockets = most * SOCKETS_OF_A_SESSION + nodes;
    try (Child crowd = Child.start(OpenFiles.allow(sockets, Child.java(Crowd.class)))) {
      String[] keys = crowd.line().split(",", 2);
      String lines =
          IntStream.range(0, nodes)
              .mapToObj(i -> Crowd.NODE + i + " " + SshProxy.key(keys[1]) + "\n")
              .collect(Collectors.joining());
      try (SshProxy proxy = SshProxy.start(keys[0], lines, sockets)) {
        look(proxy, "nothing");
        long nanos = crowd.ask("nodes %d %d".formatted(proxy.port(), nodes))[0];
        String tunnels = nodes + " tunnels";
        add("until there are " + tunnels, "s", nanos / 1e9);
        look(proxy, tunnels);
        int held = 0;
        for (double step : STEPS) {
          int all = (int) (most * step);
          sessions(crowd, proxy, all - held, all);
          held = all;
        }
      }
    }
  }

  private static int nodesFor(int sessions) {
    return Math.max(1, sessions / SESSIONS_OF_A_NODE);
  }

  /** As many sessions as are wanted, or as the limit on open files allows. */
  private int fitting() throws IOException {
    int connections = CONNECTIONS_OF_A_SESSION * wanted + nodesFor(wanted);
    int fitting = OpenFiles.fitting(connections);
    if (fitting == connections) {
      return wanted;
    }
    int each = CONNECTIONS_OF_A_SESSION * SESSIONS_OF_A_NODE + 1;
    int most = fitting / each * SESSIONS_OF_A_NODE;
    results.remark(
        "Only %d sessions instead of %d: the limit on open files (ulimit -Hn) allows no more."
            .formatted(most, wanted));
    return most;
  }

  private void sessions(Child crowd, SshProxy proxy, int more, int all) throws IOException {
    String with = all + " sessions";
    double before = Usage.cpuSeconds(proxy.pid());
    long[] came = crowd.ask("sessions %d %d".formatted(proxy.port(), more));
    add("log-ins, up to " + with, "1/s", more * 1e9 / came[1]);
    add("a log-in, up to " + with + ", p50", "ms", came[2] / 1e6);
    add("a log-in, up to " + with + ", p99", "ms", came[3] / 1e6);
    double each = (Usage.cpuSeconds(proxy.pid()) - before) / more;
    add("a log-in, up to " + with + ", CPU of the proxy", "ms", each * 1e3);
    look(proxy, with);
    double start = Usage.cpuSeconds(proxy.pid());
    long[] typed = crowd.ask("type " + TYPING_SECONDS);
    double cpu = (Usage.cpuSeconds(proxy.pid()) - start) / TYPING_SECONDS;
    add("echo, " + with + ", p50", "ms", typed[0] / 1e6);
    add("echo, " + with + ", p99", "ms", typed[1] / 1e6);
    add("a key every 10 s, " + with + ", CPU of the proxy", "% of a core", cpu * 100);
  }

  private void look(SshProxy proxy, String with) throws IOException {
    add("resident with " + with, "MiB", Usage.of(proxy.pid()).rssKib() / 1024.0);
  }

  private void add(String name, String unit, double value) {
    results.add(new Measure(name, unit), "proxy", value);
  }
}
