package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What becomes of a terminal when the network fails: {@code holdfast ssh} to a node and to sshd,
 * and its peers, all at once in the same network, at each fault one after the other.
 */
final class Survival {
  /** Ratios are to this one. */
  static final String BASE = Survivor.MOSH.label();

  /** The networks: what the emulator is told of each. */
  private static final Map<String, String> NETWORKS = networks();

  /** Writes twenty numbered lines a second, answers keys, and ends with its own file. */
  private static final String TICKING =
      """
      stty -echo -icanon
      i=0
      while [ -e "$0" ]; do
        key=
        read -r -t 0.05 -n 1 key
        if [ -n "$key" ]; then
          echo "key-$key-"
        else
          i=$((i + 1))
          echo "tick-$i-"
        fi
      done
      """;

  private final Plan.Ssh amounts;
  private final Results results;

  Survival(Plan plan, Results results) {
    this.amounts = plan.ssh();
    this.results = results;
  }

  private static Map<String, String> networks() {
    var networks = new LinkedHashMap<String, String>();
    networks.put("50 ms", "delay=25ms");
    networks.put("300 ms, 5 % loss", "delay=150ms loss=5");
    return networks;
  }

  void measure() throws IOException {
    results.remark(
        "survive: Infinity is what was not back %d s after all could have gone on."
            .formatted(SurvivorWatch.PATIENCE.toSeconds()));
    for (Map.Entry<String, String> network : NETWORKS.entrySet()) {
      measure(network.getKey(), network.getValue().split(" ", -1));
    }
  }

  private void measure(String name, String... settings) throws IOException {
    try (WideNetwork network = WideNetwork.start(settings)) {
      var place = new SshServer.Place(WideNetwork.SERVER, network.atServer());
      try (SshServer sshd = SshServer.start(SshServer.Kind.SSHD, place);
          SshServer node = SshServer.start(SshServer.Kind.NODE, place)) {
        String own = "hfb-" + ProcessHandle.current().pid() + "-" + System.nanoTime() % 100_000;
        survive(name, new Survivor.FarSide(network, sshd, node, own));
      }
    }
  }

  private void survive(String network, Survivor.FarSide far) throws IOException {
    java.nio.file.Path script = Files.createTempFile("holdfast-bench-", ".sh");
    script.toFile().deleteOnExit();
    Files.writeString(script, TICKING);
    List<SurvivorWatch> watches =
        Stream.of(Survivor.values())
            .map(each -> new SurvivorWatch(each, each.command(far, "bash " + script)))
            .toList();
    try {
      for (int repetition = 0; repetition < amounts.repetitions(); repetition++) {
        for (NetworkFault fault : faults()) {
          System.err.println("bench: " + network + ": " + fault.label());
          suffer(network, far.network(), fault, watches);
        }
      }
    } finally {
      Files.delete(script);
      for (SurvivorWatch watch : watches) {
        watch.close();
      }
    }
  }

  private List<NetworkFault> faults() {
    var faults = new ArrayList<NetworkFault>(List.of(NetworkFault.Sudden.values()));
    for (Duration outage : amounts.outages()) {
      faults.add(new NetworkFault.Silence(outage));
    }
    faults.add(new NetworkFault.Sleep(amounts.asleep()));
    return faults;
  }

  private void suffer(
      String network, WideNetwork wan, NetworkFault fault, List<SurvivorWatch> watches)
      throws IOException {
    Together.awaitAll(watches.stream().map(watch -> Together.begin(watch::ready)).toList());
    var clients = new ArrayList<ProcessHandle>();
    for (SurvivorWatch watch : watches) {
      clients.addAll(watch.processes());
    }
    var returned = new CompletableFuture<Long>();
    List<Together<SurvivorWatch.Sighting>> following =
        watches.stream().map(watch -> Together.begin(() -> watch.follow(returned))).toList();
    try {
      returned.complete(fault.happen(wan, clients));
    } finally {
      returned.complete(System.nanoTime());
    }
    for (int i = 0; i < watches.size(); i++) {
      tell(network + ", " + fault.label(), watches.get(i), following.get(i).await());
    }
  }

  private void tell(String when, SurvivorWatch watch, SurvivorWatch.Sighting seen)
      throws IOException {
    String label = watch.survivor().label();
    System.err.println("bench:   " + label + ": " + seen);
    results.add(new Results.Measure(when + ": lines go on", "s"), label, seen.output());
    results.add(new Results.Measure(when + ": a key is answered", "s"), label, seen.key());
    if (seen.isBack()) {
      add(when + ": lines lost", label, seen.lines().lost());
      add(when + ": lines doubled", label, seen.lines().doubled());
      results.add(new Results.Measure(when + ": held so far", "%"), label, watch.held());
    } else {
      watch.giveUp();
    }
  }

  private void add(String measure, String label, int count) {
    results.add(new Results.Measure(measure, ""), label, count);
  }
}
