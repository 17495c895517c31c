package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The section {@code gate} of a configuration: a stock sshd as a node of a cluster.
 *
 * @param listen addresses to accept clients at directly; none if only proxies lead here
 * @param to the sshd
 * @param patience how long a stream without a link is kept
 * @param state directory of what it keeps of its cluster
 * @param tunnels to the proxies that lead to it
 */
record GateSection(
    List<InetSocketAddress> listen,
    Destination to,
    Duration patience,
    Path state,
    TunnelConfiguration tunnels) {
  private static final Destination SSHD = new Destination("127.0.0.1", 22);

  static GateSection read(Section section, boolean inCluster) {
    GateSection read =
        new GateSection(
            section.list("listen", new ListenAddress(), List.of()),
            section.value("to", new DestinationAddress(), SSHD),
            section.value("patience", new TimeSpan(), Duration.ofHours(24)),
            section.value("state-dir", Path::of, usualState()),
            TunnelConfiguration.read(
                section, Path.of("/etc/ssh/ssh_host_ed25519_key"), null, inCluster));
    if (read.listen.isEmpty() && read.tunnels.proxies().isEmpty() && !inCluster) {
      section.wrong("listen", "it needs 'listen' or 'proxies', or nobody can reach it");
    }
    section.end();
    return read;
  }

  private static Path usualState() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/holdfast/gate");
    }
    String state = System.getenv("XDG_STATE_HOME");
    return state == null || state.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "holdfast", "gate")
        : Path.of(state, "holdfast", "gate");
  }

  /** Where its processes find each other: one place for each name. */
  Path meeting() {
    return state.resolve("gate-%s.sock".formatted(tunnels.name()));
  }

  GateSettings settings() {
    return GateSettings.of(listen, to).withPatience(patience);
  }

  /** The settings that count, as they would be written. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("listen", listen.stream().map(GateEvent::name).toList());
    all.put("to", to);
    all.put("patience", patience.toSeconds() + "s");
    all.put("state-dir", state);
    all.putAll(tunnels.effective());
    return all;
  }
}
