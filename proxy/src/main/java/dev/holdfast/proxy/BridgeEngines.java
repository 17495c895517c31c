package dev.holdfast.proxy;

import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.Bridge;
import dev.holdfast.ssh.BridgedSessions;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.SettingsException;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The SSH servers by which a proxy is nodes to users: one for each node, with a certificate for its
 * names. All have one host key, which is in memory only. Thread-safe.
 */
final class BridgeEngines implements Closeable {
  /** Nodes with a server of their own; of more those go that nobody uses. */
  static final int MOST = 1_000;

  /** How long a certificate is shown before another one is got; it counts for twice as long. */
  static final Duration SHOWN = Duration.ofMinutes(30);

  private final Judge judge;
  private final RecordingOffice office;
  private final Entrances entrances;
  private final Function<String, LoginWatch> watches;
  private final KeyPair key = SshKeys.generateEd25519();

  /** By the node's name. Guarded by this. */
  private final Map<String, Certificated> engines = new HashMap<>();

  private record Certificated(ServerEngine engine, long atNanos) {}

  /**
   * None yet.
   *
   * @param watches who is told of logins to a node
   */
  BridgeEngines(
      Judge judge,
      RecordingOffice office,
      Entrances entrances,
      Function<String, LoginWatch> watches) {
    this.judge = judge;
    this.office = office;
    this.entrances = entrances;
    this.watches = watches;
  }

  /**
   * The one for that node.
   *
   * @throws IOException if it can't be certified
   */
  synchronized ServerEngine of(String node) throws IOException {
    Certificated there = engines.get(node);
    if (there != null && System.nanoTime() - there.atNanos < SHOWN.toNanos()) {
      return there.engine;
    }
    String certificate = office.certifyNode(node, SshKeys.wire(key.getPublic()));
    makeRoom();
    ServerEngine engine = there == null ? start(node) : there.engine;
    if (!engine.certify(certificate)) {
      throw new IOException("The cluster certified another key.");
    }
    engines.put(node, new Certificated(engine, System.nanoTime()));
    return engine;
  }

  private void makeRoom() {
    if (engines.size() >= MOST) {
      engines
          .values()
          .removeIf(it -> {
            boolean idle = it.engine.connections() == 0;
            if (idle) {
              it.engine.close();
            }
            return idle;
          });
    }
  }

  private ServerEngine start(String node) throws IOException {
    try {
      return ServerEngine.bridge(
          settings(),
          this::admit,
          entrances,
          List.of(key),
          office.recorded(new BridgedSessions(), node),
          office.watched(watches.apply(node), node));
    } catch (SettingsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static ServerSettings settings() throws SettingsException {
    return ServerSettings.of(
        List.of(
            new ServerSettings.Entry("AllowTcpForwarding", "yes"),
            new ServerSettings.Entry("AllowStreamLocalForwarding", "yes"),
            new ServerSettings.Entry("MaxStartups", "200:30:1000"),
            new ServerSettings.Entry("PerSourceMaxStartups", "100"),
            new ServerSettings.Entry("LoginGraceTime", "60")));
  }

  /** A certificate of the cluster's; whether it is the right user's is told by a sentence later. */
  private Admissions.Admission admit(String user, SocketAddress from, SshPublicKey shown)
      throws IOException {
    if (!(office
                .authorities()
                .judge(shown, NewCertificate.Kind.USER, Instant.now(), Stopover.address(from))
            instanceof TrustedAuthorities.Verdict.Good(Certified certified))
        || certified.permissions().command() != null) {
      return new Admissions.Admission.Refused();
    }
    return judge.admit(certified.id(), from, shown) instanceof Admissions.Admission.Admitted
        ? new Admissions.Admission.Admitted(
            certified.credential(), certified.permissions(), new Bridge())
        : new Admissions.Admission.Refused();
  }

  synchronized void endAll(String why) {
    engines.values().forEach(it -> it.engine.end(login -> true, why));
  }

  @Override
  public synchronized void close() {
    engines.values().forEach(it -> it.engine.close());
  }
}
