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

  /** Up to this part of all sessions one process has the users, and another one the rest. */
  private static final double HALF = 0.5;

  /** The proxy's: to the user and to the node. The crowds have one each. */
  private static final int SOCKETS_OF_A_SESSION = 2;

  private final int wanted;
  private final Results results;

  ProxyCrowd(Plan plan, Results results) {
    wanted = plan.idle();
    this.results = results;
  }

  void measure() throws IOException {
    int most = fitting();
    int count = nodesFor(most);
    int sockets = most * SOCKETS_OF_A_SESSION + count;
    // A user's stream has three descriptors in his process: its socket, and two to wait with.
    try (Child first = crowd(sockets);
        Child second = crowd(sockets);
        Child nodes = crowd(sockets)) {
      List<String> userKeys = List.of(first.line(), second.line());
      String nodeKey = SshProxy.key(nodes.line());
      String lines =
          IntStream.range(0, count)
              .mapToObj(i -> Crowd.NODE + i + " " + nodeKey + "\n")
              .collect(Collectors.joining());
      try (SshProxy proxy = SshProxy.start(userKeys, lines, sockets)) {
        look(proxy, "nothing");
        long nanos = nodes.ask("nodes %d %d".formatted(proxy.port(), count))[0];
        String tunnels = count + " tunnels";
        add("until there are " + tunnels, "s", nanos / 1e9);
        look(proxy, tunnels);
        int held = 0;
        for (double step : STEPS) {
          int all = (int) (most * step);
          Child users = step <= HALF ? first : second;
          sessions(users, proxy, all - held, all, count);
          type(step <= HALF ? List.of(first) : List.of(first, second), proxy, all + " sessions");
          held = all;
        }
      }
    }
  }

  private static Child crowd(int sockets) throws IOException {
    return Child.start(OpenFiles.allow(sockets, Child.java(Crowd.class)));
  }

  private static int nodesFor(int sessions) {
    return Math.max(1, sessions / SESSIONS_OF_A_NODE);
  }

  /** As many sessions as are wanted, or as the limit on open files allows. */
  private int fitting() throws IOException {
    int sockets = SOCKETS_OF_A_SESSION * wanted + nodesFor(wanted);
    int fitting = OpenFiles.fitting(sockets);
    if (fitting == sockets) {
      return wanted;
    }
    int ofANode = SOCKETS_OF_A_SESSION * SESSIONS_OF_A_NODE + 1;
    int most = fitting / ofANode * SESSIONS_OF_A_NODE;
    results.remark(
        "Only %d sessions instead of %d: the limit on open files (ulimit -Hn) allows no more."
            .formatted(most, wanted));
    return most;
  }

  private void sessions(Child users, SshProxy proxy, int more, int all, int nodes)
      throws IOException {
    String with = all + " sessions";
    double before = Usage.cpuSeconds(proxy.pid());
    long[] came = users.ask("sessions %d %d %d".formatted(proxy.port(), more, nodes));
    add("log-ins, up to " + with, "1/s", more * 1e9 / came[1]);
    add("a log-in, up to " + with + ", p50", "ms", came[2] / 1e6);
    add("a log-in, up to " + with + ", p99", "ms", came[3] / 1e6);
    double each = (Usage.cpuSeconds(proxy.pid()) - before) / more;
    add("a log-in, up to " + with + ", CPU of the proxy", "ms", each * 1e3);
    look(proxy, with);
  }

  /** Of two crowds the slower one's. */
  private void type(List<Child> users, SshProxy proxy, String with) throws IOException {
    double start = Usage.cpuSeconds(proxy.pid());
    for (Child one : users) {
      one.tell("type " + TYPING_SECONDS);
    }
    double p50 = 0;
    double p99 = 0;
    for (Child one : users) {
      long[] typed = one.answer();
      p50 = Math.max(p50, typed[0] / 1e6);
      p99 = Math.max(p99, typed[1] / 1e6);
    }
    double cpu = (Usage.cpuSeconds(proxy.pid()) - start) / TYPING_SECONDS;
    add("echo, " + with + ", p50", "ms", p50);
    add("echo, " + with + ", p99", "ms", p99);
    add("a key every 10 s, " + with + ", CPU of the proxy", "% of a core", cpu * 100);
  }

  private void look(SshProxy proxy, String with) throws IOException {
    add("resident with " + with, "MiB", Usage.of(proxy.pid()).rssKib() / 1024.0);
  }

  private void add(String name, String unit, double value) {
    results.add(new Measure(name, unit), "proxy", value);
  }
}
