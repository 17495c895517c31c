package dev.holdfast.cli;

import dev.holdfast.access.Network;
import dev.holdfast.access.TicketException;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketKeys;
import dev.holdfast.auth.Membership;
import dev.holdfast.client.ProxyRoad;
import dev.holdfast.link.Destination;
import dev.holdfast.link.GateEvent;
import dev.holdfast.proxy.ProxySettings;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The section {@code proxy} of a configuration.
 *
 * @param listen addresses to accept users and nodes at
 * @param state directory of its host keys
 * @param name of the machine in its cluster
 * @param users the file of who may come
 * @param nodes the file of the nodes
 * @param ticketKey the file of the key that tickets are signed by, the same for all proxies
 * @param ticketKeys a file of public keys whose tickets count besides
 * @param ticketTime for which a ticket counts without anybody being asked
 * @param ticketRenewable for which it can be renewed
 * @param ticketFrom which addresses a ticket counts from
 * @param proxies what clients are told to dial
 * @param dialBack where nodes are to dial back to
 * @param balancers whose PROXY protocol header is believed
 * @param recording how those are recorded whose roles want that of a proxy
 * @param inCluster whether a cluster says who its users and nodes are
 */
record ProxyConfiguration(
    List<InetSocketAddress> listen,
    Path state,
    String name,
    Path users,
    Path nodes,
    Path ticketKey,
    Optional<Path> ticketKeys,
    Duration ticketTime,
    Duration ticketRenewable,
    ProxySettings.AddressPolicy ticketFrom,
    List<Destination> proxies,
    Optional<Destination> dialBack,
    List<Network> balancers,
    RecordingConfiguration recording,
    boolean inCluster) {
  /** Where a proxy listens unless it is told. */
  static final int PORT = ProxyRoad.PORT;

  /** Bytes of an Ed25519 key, which are the last of its blob. */
  private static final int KEY_BYTES = 32;

  /**
   * Reads the section.
   *
   * @param inCluster whether a cluster says who its users and nodes are
   */
  static ProxyConfiguration read(Section section, boolean inCluster) {
    Path state = section.value("state-dir", Path::of, usualState());
    Duration time = section.value("ticket-time", new TimeSpan(), ProxySettings.TICKET_TIME);
    Duration renewable =
        section.value("ticket-renewable", new TimeSpan(), ProxySettings.TICKET_RENEWABLE);
    if (!time.isPositive() || renewable.compareTo(time) < 0) {
      section.wrong("ticket-time", "it has to be longer than nothing and at most ticket-renewable");
    }
    if (inCluster) {
      leaveToCluster(section);
    }
    ProxyConfiguration read =
        new ProxyConfiguration(
            section.list("listen", new ListenAddress(), List.of(new InetSocketAddress(PORT))),
            state,
            section.value(
                "name", new TunnelConfiguration.NodeName(), TunnelConfiguration.usualName()),
            section.value("users", Path::of, state.resolve("users")),
            section.value("nodes", Path::of, state.resolve("nodes")),
            section.value("ticket-key", Path::of, state.resolve("ticket_key")),
            section.value("ticket-keys", Path::of),
            time,
            renewable,
            section.value(
                "ticket-from",
                text -> ProxySettings.AddressPolicy.valueOf(text.toUpperCase(Locale.ROOT)),
                ProxySettings.AddressPolicy.ANY),
            section.list("proxies", new TunnelConfiguration.ProxyAddress(), List.of()),
            section.value("dial-back", new TunnelConfiguration.ProxyAddress()),
            section.list("proxy-protocol-from", Network::parse, List.of()),
            RecordingConfiguration.ofProxy(section),
            inCluster);
    section.end();
    return read;
  }

  private static void leaveToCluster(Section section) {
    for (String file : List.of("users", "nodes")) {
      if (section.has(file)) {
        section.wrong(file, "the cluster says who its " + file + " are; remove this line");
      }
    }
    for (String file : List.of("ticket-key", "ticket-keys")) {
      if (section.has(file)) {
        section.wrong(file, "the cluster hands its proxies the keys of tickets; remove this line");
      }
    }
  }

  private static Path usualState() {
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/holdfast/proxy");
    }
    String state = System.getenv("XDG_STATE_HOME");
    return state == null || state.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "state", "holdfast", "proxy")
        : Path.of(state, "holdfast", "proxy");
  }

  /** What it is to work by without a cluster; makes keys that are missing. */
  ProxySettings settings() throws IOException {
    Profiles.directory(state);
    TicketKeys keys = keys();
    List<String> said = proxies.stream().map(Destination::toString).toList();
    return settings(() -> keys, () -> said);
  }

  /**
   * What it is to work by; makes host keys that are missing.
   *
   * @param keys by which tickets are signed and believed
   * @param all what clients are told to come back to
   */
  ProxySettings settings(Supplier<TicketKeys> keys, Supplier<List<String>> all) throws IOException {
    Files.createDirectories(
        state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new ProxySettings(
        listen,
        state,
        HostKeyFiles.loadOrMake(state),
        keys,
        ticketTime,
        ticketRenewable,
        ticketFrom,
        all,
        dialBack.map(Destination::toString).orElse(""),
        balancers,
        ProxySettings.NODE_PATIENCE);
  }

  /** Where its processes find each other: one place for each port. */
  Path meeting() {
    return HandoverPoint.path(state, "proxy", listen);
  }

  /** The key by which its cluster knows it. */
  KeyPair machineKey() throws IOException {
    Profiles.directory(state);
    return HostKeyFiles.loadOrMakeEd25519(state.resolve("ssh_host_ed25519_key"));
  }

  /** Where clients and nodes find it, for its cluster. */
  Membership.Places places() {
    List<String> said = proxies.stream().map(Destination::toString).toList();
    return new Membership.Places(said.isEmpty() ? listened() : said, List.of());
  }

  /** Where it listens; at any address means by the machine's name. */
  private List<String> listened() {
    return listen.stream()
        .map(at ->
            at.getAddress() != null && at.getAddress().isAnyLocalAddress()
                ? TunnelConfiguration.hostName() + ":" + at.getPort()
                : GateEvent.name(at))
        .distinct()
        .toList();
  }

  private TicketKeys keys() throws IOException {
    TicketKey own = TicketKey.of(HostKeyFiles.loadOrMakeEd25519(ticketKey));
    List<byte[]> others = new ArrayList<>();
    if (ticketKeys.isPresent()) {
      for (SshPublicKey key : TunnelConfiguration.keys(ticketKeys.get())) {
        byte[] blob = key.blob();
        others.add(Arrays.copyOfRange(blob, Math.max(0, blob.length - KEY_BYTES), blob.length));
      }
    }
    try {
      return new TicketKeys(own, others);
    } catch (TicketException e) {
      throw new IOException("A key for tickets can't be used: " + e.getMessage() + ".", e);
    }
  }

  /** The settings that count, as they would be written. */
  Map<String, Object> effective() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("listen", listen.stream().map(GateEvent::name).toList());
    all.put("state-dir", state);
    all.put("name", name);
    if (!inCluster) {
      all.put("users", users);
      all.put("nodes", nodes);
      all.put("ticket-key", ticketKey);
      ticketKeys.ifPresent(file -> all.put("ticket-keys", file));
    }
    all.put("ticket-time", ticketTime.toSeconds() + "s");
    all.put("ticket-renewable", ticketRenewable.toSeconds() + "s");
    all.put("ticket-from", ticketFrom.name().toLowerCase(Locale.ROOT));
    all.put("proxies", proxies);
    dialBack.ifPresent(it -> all.put("dial-back", it));
    all.put(
        "proxy-protocol-from",
        balancers.stream().map(it -> it.address().getHostAddress() + "/" + it.prefix()).toList());
    if (inCluster) {
      all.putAll(recording.effectiveOfProxy());
    }
    return all;
  }
}
