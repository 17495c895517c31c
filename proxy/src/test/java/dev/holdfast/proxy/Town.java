package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Network;
import dev.holdfast.access.TicketKey;
import dev.holdfast.access.TicketKeys;
import dev.holdfast.client.ProxyPassage;
import dev.holdfast.link.Behind;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.StreamClient;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.Program;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.Target;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Proxies, nodes and users of a cluster, all in this process, over loopback. */
final class Town implements Closeable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final FakeCluster cluster = new FakeCluster();
  final KeyPair user = SshKeys.generateEd25519();
  final KeyPair proxyKey = SshKeys.generateEd25519();
  final TicketKey ticketKey = TicketKey.generate();

  /** That all proxies go by. */
  volatile TicketKeys keys = TicketKeys.of(ticketKey);

  final List<Integer> ports = new ArrayList<>();
  final ClientEngine client = ClientEngine.start();
  final StreamClient streams;
  private final List<@Nullable Proxy> proxies = new ArrayList<>();
  private final List<Closeable> opened = new ArrayList<>();
  final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final List<Network> balancers = new ArrayList<>();
  private Duration ticketTime = ProxySettings.TICKET_TIME;
  private ProxySettings.AddressPolicy policy = ProxySettings.AddressPolicy.ANY;

  /** With so many proxies. */
  Town(int count) throws IOException {
    streams = StreamClient.start(64 << 20, fault -> fault.printStackTrace());
    cluster.user("ada", user.getPublic());
    for (int i = 0; i < count; i++) {
      ports.add(freePort());
      proxies.add(null);
    }
  }

  Town tickets(Duration time, ProxySettings.AddressPolicy from) {
    ticketTime = time;
    policy = from;
    return this;
  }

  Town open() throws IOException {
    for (int i = 0; i < ports.size(); i++) {
      startProxy(i);
    }
    return this;
  }

  void startProxy(int number) throws IOException {
    proxies.set(
        number, Proxy.start(settings(number, () -> keys), cluster, this::note, event -> {}));
  }

  private void note(ProxyLog.Weight weight, String event, String text) {
    said.add(event + ": " + text);
  }

  /** From there the PROXY protocol is believed. */
  Town behind(Network network) {
    balancers.add(network);
    return this;
  }

  ProxySettings settings(int number, Supplier<TicketKeys> signs) {
    return new ProxySettings(
        List.of(at(ports.get(number))),
        Path.of("unused"),
        List.of(proxyKey),
        signs,
        ticketTime,
        ProxySettings.TICKET_RENEWABLE,
        policy,
        List::of,
        "",
        balancers,
        Duration.ofMillis(500));
  }

  void stopProxy(int number) {
    proxy(number).close();
  }

  Proxy proxy(int number) {
    return java.util.Objects.requireNonNull(proxies.get(number));
  }

  List<Destination> destinations() {
    return ports.stream().map(port -> new Destination("127.0.0.1", port)).toList();
  }

  /**
   * A node of that name whose only user is ada, with programs that echo; waits until it is found.
   */
  Gate node(String name, Map<String, String> labels) throws IOException {
    KeyPair key = SshKeys.generateEd25519();
    cluster.node(name, key.getPublic(), labels);
    Gate gate = gate(name, key);
    opened.add(
        NodeTunnels.start(
            new NodeIdentity(name, "id", "1", Map.of(), List.of(key)),
            this::destinations,
            HostKeyCheck.only(proxyKey.getPublic()),
            gate::adopt,
            ProxyLog.NONE));
    for (int i = 0; i < ports.size(); i++) {
      awaitNode(i, name);
    }
    return gate;
  }

  void awaitNode(int number, String name) {
    Awaitility.await().atMost(PATIENCE).until(() -> proxy(number).has(name));
  }

  private Gate gate(String name, KeyPair key) throws IOException {
    ServerEngine engine =
        ServerEngine.start(
            List.of(key),
            Authenticator.only(user.getPublic()),
            (login, request) ->
                call -> {
                  if (request instanceof SessionRequest.Exec(String command)) {
                    call.stdout().write((name + ": " + command).getBytes(StandardCharsets.UTF_8));
                  }
                  echo(call);
                  return 0;
                });
    Gate gate =
        Gate.start(
            GateSettings.of(
                List.of(),
                new Behind.InProcess((connection, called) -> {
                  try {
                    engine.accept(connection, called);
                  } catch (IOException e) {
                    connection.close();
                  }
                })),
            event -> {});
    opened.add(gate);
    opened.add(engine::close);
    return gate;
  }

  private static void echo(Program.Call call) throws IOException {
    byte[] piece = new byte[8192];
    do {
      call.stdout().flush();
      int count = call.stdin().read(piece);
      if (count < 0) {
        return;
      }
      call.stdout().write(piece, 0, count);
    } while (true);
  }

  // ---- users ----

  static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  Duplex dial(int number) throws IOException {
    ClientSettings settings =
        new ClientSettings(
            destinations().get(number),
            ClientSettings.Resume.OFF,
            PATIENCE,
            null,
            Map.of(),
            event -> {});
    return streams
        .connect(settings, wait -> "SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII))
        .duplex();
  }

  /** Logs in to a proxy. */
  ClientConnection login(int number) throws Exception {
    return login(number, "ada", user);
  }

  ClientConnection login(int number, String name, KeyPair key) throws Exception {
    HostKeyCheck check = HostKeyCheck.only(proxyKey.getPublic());
    return client.connect(
        dial(number), new Target(name, List.of(key), check, false, Duration.ofSeconds(30)));
  }

  /** Logs in to a node over {@code stream}. */
  ClientConnection loginAtNode(Duplex stream) throws Exception {
    return client.connect(
        stream, new Target("ada", List.of(user), key -> true, false, Duration.ofSeconds(30)));
  }

  /** What a subsystem answers to a line. */
  static String ask(ClientConnection connection, String subsystem, String line) throws Exception {
    SessionPlan plan =
        new SessionPlan(new SessionRequest.Subsystem(subsystem), Optional.empty(), Map.of(), false);
    try (RemoteCommand command = connection.start(plan)) {
      try {
        command.stdin().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        command.stdin().close();
      } catch (IOException e) {
        // Who refuses has said all before the line was there.
      }
      return new String(command.stdout().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  /** A ticket for {@code key} from a proxy. */
  byte[] ticket(int number, String target, TicketKey key) throws Exception {
    try (ClientConnection connection = login(number)) {
      String answer =
          ask(
              connection,
              "holdfast-ticket",
              "ticket " + target + " " + Base64.getEncoder().encodeToString(key.shown()));
      assertThat(answer).startsWith("ticket ");
      return Base64.getDecoder().decode(answer.split(" ", -1)[1]);
    }
  }

  /** A stream to a node by a ticket of the first proxy. */
  StreamClient.Connection stream(String target) throws Exception {
    TicketKey key = TicketKey.generate();
    ProxyPassage passage = new ProxyPassage(key, ticket(0, target, key), destinations());
    opened.add(passage::close);
    return streams.connect(ClientSettings.of(new Destination("node", 22)), passage);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : opened) {
      each.close();
    }
    for (Proxy proxy : proxies) {
      if (proxy != null) {
        proxy.close();
      }
    }
    client.close();
    streams.close();
  }
}
