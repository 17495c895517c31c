package dev.holdfast.bench;

import dev.holdfast.access.TicketKey;
import dev.holdfast.client.ProxyPassage;
import dev.holdfast.link.Behind;
import dev.holdfast.link.ClientSettings;
import dev.holdfast.link.Destination;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.link.StreamClient;
import dev.holdfast.proxy.NodeIdentity;
import dev.holdfast.proxy.NodeTunnels;
import dev.holdfast.proxy.ProxyLog;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.RemoteCommand;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.Target;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many nodes of a cluster, or many users' streams to them, in one process: with tunnels, log-ins,
 * tickets and streams as nodes and clients have them, but with an echo in place of a shell. Nodes
 * and users are best in processes of their own, which have room for more open files together.
 *
 * <p>Prints the public key of its user, or of its nodes, and then obeys lines:
 *
 * <pre>
 *   nodes PORT COUNT           nodes n0, n1, … hold tunnels to the proxy at that port, -> nanoseconds until they do
 *   sessions PORT COUNT NODES  so many streams more to so many nodes, -> how many there are, nanoseconds for all,
 *                              p50 and p99 of one
 *   type SECONDS               on each a key every ten seconds, -> p50, p99 and most of the echoes, how many there were
 * </pre>
 */
final class Crowd {
  /** The user's name, and a node's is followed by its number. */
  static final String USER = "bench";

  static final String NODE = "n";

  /** Users who log in at the same time. */
  private static final int LOGGING_IN = 8;

  private static final long KEY_NANOS = 10_000_000_000L;
  private static final Duration LOGIN = Duration.ofSeconds(60);
  private static final long MEMORY = 512L << 20;

  /** Streams of one client: each listens to the network, and a client has room for so many. */
  private static final int STREAMS = 500;

  private final KeyPair key = SshKeys.generateEd25519();
  private final ClientEngine engine = ClientEngine.start();
  private final StreamClient logins = client();
  private final List<StreamClient> clients = new ArrayList<>();
  private final Gate gate;
  private final List<NodeTunnels> nodes = new ArrayList<>();
  private final List<Duplex> sessions = new ArrayList<>();
  private int opened;

  private Crowd() throws IOException {
    gate =
        Gate.start(
            GateSettings.of(List.of(), new Behind.InProcess((stream, name) -> echo(stream))),
            event -> {});
  }

  private static StreamClient client() throws IOException {
    return StreamClient.start(MEMORY, Throwable::printStackTrace);
  }

  private StreamClient streams() throws IOException {
    synchronized (clients) {
      if (opened++ % STREAMS == 0) {
        clients.add(client());
      }
      return clients.getLast();
    }
  }

  public static void main(String[] args) throws IOException {
    var crowd = new Crowd();
    System.out.println(SshKeys.line(crowd.key.getPublic()));
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(crowd.answer(line.split(" ", -1)));
    }
    System.exit(0);
  }

  private String answer(String[] words) {
    try {
      int number = Integer.parseInt(words[1]);
      return switch (words[0]) {
        case "nodes" -> "ok " + nodes(number, Integer.parseInt(words[2]));
        case "sessions" ->
            "ok " + sessions(number, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        case "type" -> "ok " + type(number);
        default -> throw new IllegalArgumentException("no such order");
      };
    } catch (IOException | RuntimeException e) {
      return "failed " + String.join(" ", words) + ": " + e;
    }
  }

  private long nodes(int port, int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      nodes.add(
          NodeTunnels.start(
              new NodeIdentity(NODE + i, "id" + i, "1", Map.of(), List.of(key)),
              () -> List.of(at(port)),
              any -> true,
              gate::adopt,
              ProxyLog.NONE));
    }
    while (nodes.stream().anyMatch(one -> one.live() == 0)) {
      LockSupport.parkNanos(10_000_000);
    }
    return System.nanoTime() - start;
  }

  private static Destination at(int port) {
    return new Destination("127.0.0.1", port);
  }

  private static void echo(Duplex stream) {
    ByteBuffer one = ByteBuffer.allocate(64);
    try {
      while (stream.read(one.clear()) >= 0) {
        stream.write(one.flip());
      }
    } catch (IOException e) {
      // The user has gone.
    } finally {
      stream.close();
    }
  }

  private String sessions(int port, int count, int nodes) throws IOException {
    var left = new AtomicInteger(count);
    long[] nanos = new long[count];
    long start = System.nanoTime();
    var logins = new ArrayList<FutureTask<@Nullable Void>>();
    for (int i = 0; i < LOGGING_IN; i++) {
      logins.add(
          new FutureTask<>(() -> {
            for (int one = left.decrementAndGet(); one >= 0; one = left.decrementAndGet()) {
              long begun = System.nanoTime();
              Duplex session = session(port, NODE + one % nodes);
              nanos[one] = System.nanoTime() - begun;
              synchronized (sessions) {
                sessions.add(session);
              }
            }
            return null;
          }));
      Thread.ofPlatform().daemon().start(logins.getLast());
    }
    for (FutureTask<@Nullable Void> login : logins) {
      Transfer.outcome(login);
    }
    long all = System.nanoTime() - start;
    return "%d %d %d %d"
        .formatted(
            sessions.size(), all, Figures.percentile(nanos, 50), Figures.percentile(nanos, 99));
  }

  /** Logs in, gets a ticket, and opens a stream by it that has carried a byte. */
  private Duplex session(int port, String target) throws IOException {
    TicketKey ticketKey = TicketKey.generate();
    byte[] ticket;
    try (ClientConnection proxy =
        engine.connect(dial(port), new Target(USER, List.of(key), any -> true, false, LOGIN))) {
      ticket = ticket(proxy, target, ticketKey);
    }
    ProxyPassage passage = new ProxyPassage(ticketKey, ticket, List.of(at(port)));
    Duplex stream =
        streams().connect(ClientSettings.of(new Destination(target, 22)), passage).duplex();
    trip(stream);
    return stream;
  }

  private Duplex dial(int port) throws IOException {
    ClientSettings plain =
        new ClientSettings(at(port), ClientSettings.Resume.OFF, LOGIN, null, Map.of(), event -> {});
    byte[] first = (ClientEngine.IDENTIFICATION + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return logins.connect(plain, wait -> first).duplex();
  }

  private static byte[] ticket(ClientConnection proxy, String target, TicketKey key)
      throws IOException {
    SessionPlan plan =
        new SessionPlan(
            new SessionRequest.Subsystem("holdfast-ticket"), Optional.empty(), Map.of(), false);
    try (RemoteCommand office = proxy.start(plan)) {
      String shown = Base64.getEncoder().encodeToString(key.shown());
      office
          .stdin()
          .write("ticket %s %s%n".formatted(target, shown).getBytes(StandardCharsets.US_ASCII));
      office.stdin().flush();
      String answer = new String(office.stdout().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!answer.startsWith("ticket ")) {
        throw new IOException("the proxy says: " + answer);
      }
      return Base64.getDecoder().decode(answer.split(" ", -1)[1]);
    }
  }

  private static void trip(Duplex stream) throws IOException {
    stream.write(ByteBuffer.wrap(new byte[] {'k'}));
    if (stream.read(ByteBuffer.allocate(1)) != 1) {
      throw new EOFException("a session has ended");
    }
  }

  private String type(int seconds) throws IOException {
    int keys = Math.max(1, (int) (seconds * 1_000_000_000L / KEY_NANOS));
    long[] nanos = new long[sessions.size() * keys];
    long start = System.nanoTime();
    var typing = new ArrayList<FutureTask<@Nullable Void>>();
    for (int i = 0; i < sessions.size(); i++) {
      int one = i;
      typing.add(
          new FutureTask<>(() -> {
            long first = start + KEY_NANOS / sessions.size() * one;
            for (int key = 0; key < keys; key++) {
              LockSupport.parkNanos(first + key * KEY_NANOS - System.nanoTime());
              long typed = System.nanoTime();
              trip(sessions.get(one));
              nanos[one * keys + key] = System.nanoTime() - typed;
            }
            return null;
          }));
      Thread.ofVirtual().start(typing.getLast());
    }
    for (FutureTask<@Nullable Void> one : typing) {
      Transfer.outcome(one);
    }
    return "%d %d %d %d"
        .formatted(
            Figures.percentile(nanos, 50),
            Figures.percentile(nanos, 99),
            Figures.percentile(nanos, 100),
            nanos.length);
  }
}
