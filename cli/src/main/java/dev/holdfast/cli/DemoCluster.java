package dev.holdfast.cli;

import dev.holdfast.access.Grant;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Labels;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.AuthService;
import dev.holdfast.auth.Membership;
import dev.holdfast.auth.RecordingSettings;
import dev.holdfast.link.Behind;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateSettings;
import dev.holdfast.node.Porter;
import dev.holdfast.proxy.NodeIdentity;
import dev.holdfast.proxy.NodeTunnels;
import dev.holdfast.proxy.ProxyLog;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.SshKeys;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A whole cluster in this process, with one user: an auth service, a proxy behind a bad network,
 * and a node that dials the proxy and listens nowhere. All that it keeps is in one directory, with
 * what ssh and {@code connect} need to get to the node. Thread-safe.
 */
final class DemoCluster implements Closeable {
  /** The node, as its user calls it. */
  static final String NODE = "node.demo";

  /** The proxy, as ssh's configuration calls it. */
  static final String PROXY = "proxy";

  private static final String CLUSTER = "demo";
  private static final String USER = "you";

  private final Path directory;
  private final BadNetwork network;
  private final KeyPair userKey;
  private final KeyPair nodeKey;
  private final KeyPair proxyKey;
  private final AuthService auth;
  private final List<Closeable> opened = new ArrayList<>();

  private DemoCluster(Path directory) throws IOException {
    this.directory = directory;
    userKey = HostKeyFiles.loadOrMakeEd25519(directory.resolve("user"));
    nodeKey = SshKeys.generateEd25519();
    proxyKey = SshKeys.generateEd25519();
    network = BadNetwork.open();
    opened.add(network);
    auth =
        AuthService.open(
            new AuthService.Settings(
                CLUSTER,
                directory.resolve("auth"),
                "sqlite:" + directory.resolve("cluster.db"),
                List.of(),
                RecordingSettings.USUAL,
                List.of(),
                Version.number(),
                new LeaseTime(LeaseTime.USUAL),
                null,
                null));
    opened.addFirst(auth::close);
  }

  /**
   * Begins with an auth service and a user of it; who dials the network waits until it leads
   * somewhere.
   */
  static DemoCluster open(Path directory) throws IOException {
    DemoCluster cluster = new DemoCluster(directory);
    try {
      cluster.welcome();
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void welcome() throws IOException {
    Role role =
        new Role(
            "demo",
            Grant.of(LabelSelector.ALL, System.getProperty("user.name")),
            Grant.NONE,
            RoleOptions.NONE);
    User user =
        new User(
            USER,
            List.of(role.name()),
            List.of(SshKeys.line(userKey.getPublic())),
            Optional.empty());
    Files.writeString(directory.resolve("user-cert.pub"), auth.welcome(user, role) + "\n");
    Files.writeString(
        directory.resolve("known"),
        "%s %s%n%s.demo %s%n"
            .formatted(
                NODE,
                SshKeys.line(nodeKey.getPublic()),
                PROXY,
                SshKeys.line(proxyKey.getPublic())));
    Files.writeString(configuration(), text());
  }

  private String text() {
    return """
    Host %s
      HostName 127.0.0.1
      Port %d
      HostKeyAlias %s.demo
      User %s
    Host *
      IdentityFile "%s"
      IdentitiesOnly yes
      IdentityAgent none
      HostKeyAlgorithms ssh-ed25519
      UserKnownHostsFile "%s"
      GlobalKnownHostsFile none
      UpdateHostKeys no
      StrictHostKeyChecking yes
      BatchMode yes
    """
        .formatted(
            PROXY,
            network.port(),
            PROXY,
            USER,
            directory.resolve("user"),
            directory.resolve("known"));
  }

  /** The configuration for ssh and for {@code connect}. */
  Path configuration() {
    return directory.resolve("ssh_config");
  }

  /** The user's key. */
  KeyPair userKey() {
    return userKey;
  }

  /** Knows the node. */
  HostKeyCheck nodeCheck() {
    return new BareKey(nodeKey.getPublic());
  }

  /** Knows a server by its key, which is there before the certificate of it is. */
  private record BareKey(PublicKey known) implements HostKeyCheck {
    @Override
    public boolean accepts(PublicKey key) {
      return SshKeys.areSame(known, key);
    }

    @Override
    public List<String> ordered(List<String> algorithms) {
      return List.of("ssh-ed25519");
    }
  }

  BadNetwork network() {
    return network;
  }

  /** Makes the node's SSH server. */
  @FunctionalInterface
  interface NodeServer {
    ServerEngine start(KeyPair hostKey, Porter porter) throws IOException;
  }

  /**
   * Starts proxy and node, and has the network lead there.
   *
   * @param events of the node's streams
   */
  DemoProxy start(NodeServer server, Consumer<GateEvent> events) throws IOException {
    DemoProxy proxy =
        DemoProxy.start(auth, proxyKey, directory.resolve("proxy"), "127.0.0.1:" + network.port());
    opened.addFirst(proxy);
    node(server, events, proxy.address());
    network.leadTo(proxy.address());
    return proxy;
  }

  private void node(NodeServer server, Consumer<GateEvent> events, InetSocketAddress proxy)
      throws IOException {
    Membership member =
        auth.enrol(
            new Membership.Settings(
                ServiceKind.NODE,
                "node",
                nodeKey,
                directory.resolve("node"),
                Labels.NONE,
                Version.number()));
    opened.addFirst(member::close);
    Porter porter =
        new Porter(
            member.cluster(),
            new Porter.Post(
                member.id(), member.name(), true, member::userAuthorities, member::beat));
    member.watch(porter::take);
    ServerEngine engine = server.start(nodeKey, porter);
    opened.addFirst(engine::close);
    Behind.Acceptor acceptor = (connection, name) -> accept(engine, connection, name);
    Gate gate =
        Gate.start(
            GateSettings.of(List.of(), new Behind.InProcess(acceptor, ServerEngine.GREETING)),
            events);
    opened.addFirst(gate);
    opened.addFirst(
        NodeTunnels.start(
            new NodeIdentity(
                member.name(), member.id(), Version.number(), Map.of(), List.of(nodeKey)),
            () -> List.of(new Destination("127.0.0.1", proxy.getPort())),
            new BareKey(proxyKey.getPublic()),
            gate::adopt,
            ProxyLog.NONE));
    member.live(() -> new Membership.Places(List.of(), List.of(PROXY)), engine::certify);
  }

  private static void accept(ServerEngine engine, Duplex connection, String name) {
    try {
      engine.accept(connection, name);
    } catch (IOException e) {
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable one : opened) {
      one.close();
    }
  }
}
