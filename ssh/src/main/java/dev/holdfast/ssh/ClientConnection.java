package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.SshFutureListener;
import org.apache.sshd.common.util.buffer.Buffer;

/** A client's SSH connection, logged in. Thread-safe. */
public final class ClientConnection implements AutoCloseable {
  /** How long the goodbye may wait for a stream whose buffers are full. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  /** How long a server may think about a request; outages count. */
  private static final Duration ANSWER = Duration.ofDays(1);

  private static final String KEEP_ALIVE = "keepalive@openssh.com";
  private static final int REQUEST_BYTES = 256;
  private static final int PUMP_BYTES = 64 * 1024;

  final ClientTransport session;

  ClientConnection(ClientTransport session) {
    this.session = session;
  }

  /** The server's identification string, from "SSH-2.0-" on. */
  public String serverIdentification() {
    return session.getServerVersion();
  }

  /** Starts {@code command} on the server. */
  public RemoteCommand start(String command) throws IOException {
    return start(SessionPlan.of(command));
  }

  /** Starts what {@code plan} says on the server. */
  public RemoteCommand start(SessionPlan plan) throws IOException {
    return new RemoteCommand(session.open(new ProgramChannel(plan)));
  }

  /**
   * A connection from the server to a TCP port (RFC 4254 7.2).
   *
   * @param from the address that the connection comes from, for the server's log
   */
  public DirectStream connectTo(String host, int port, InetSocketAddress from) throws IOException {
    return session.open(toPort(host, port, from));
  }

  /**
   * The same, begun in the calling thread: those begun later are connected later.
   *
   * @return completed on the thread that reads the connection; fails with an IOException
   */
  public CompletableFuture<? extends DirectStream> beginTo(
      String host, int port, InetSocketAddress from) {
    return session.begin(toPort(host, port, from));
  }

  private DirectChannel toPort(String host, int port, InetSocketAddress from) {
    return new DirectChannel(
        "direct-tcpip",
        message -> {
          message.putString(host);
          message.putUInt(port);
          message.putString(from.getHostString());
          message.putUInt(from.getPort());
        },
        session.budget());
  }

  /** A connection from the server to a Unix-domain socket there (PROTOCOL 2.4). */
  public DirectStream connectTo(String path) throws IOException {
    return session.open(toSocket(path));
  }

  /** The same, begun as a connection to a port is. */
  public CompletableFuture<? extends DirectStream> beginTo(String path) {
    return session.begin(toSocket(path));
  }

  private DirectChannel toSocket(String path) {
    return new DirectChannel(
        "direct-streamlocal@openssh.com",
        message -> {
          message.putString(path);
          message.putString("");
          message.putUInt(0);
        },
        session.budget());
  }

  /**
   * Has the server listen on a TCP port (RFC 4254 7.1) and lead what connects there.
   *
   * @param address as the server understands it; empty for all
   * @param port 0 for any that is free
   * @return the port, or nothing if the server does not
   */
  public OptionalInt listen(String address, int port, ForwardTarget target) throws IOException {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, REQUEST_BYTES);
    request.putString("tcpip-forward");
    request.putBoolean(true);
    request.putString(address);
    request.putUInt(port);
    if (port != 0) {
      session.led().put(LedConnections.port(address, port), target);
    }
    session.numbersAreTaken();
    Buffer answer = session.request("tcpip-forward", request, ANSWER);
    if (answer == null) {
      return OptionalInt.empty();
    }
    if (port != 0) {
      return OptionalInt.of(port);
    }
    int given = (int) answer.getUInt();
    session.led().put(LedConnections.port(address, given), target);
    return OptionalInt.of(given);
  }

  /** Has the server listen on a Unix-domain socket (PROTOCOL 2.4); false if it does not. */
  public boolean listen(String path, ForwardTarget target) throws IOException {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, REQUEST_BYTES);
    request.putString("streamlocal-forward@openssh.com");
    request.putBoolean(true);
    request.putString(path);
    session.led().put(LedConnections.socket(path), target);
    session.numbersAreTaken();
    return session.request("streamlocal-forward@openssh.com", request, ANSWER) != null;
  }

  /** Has the server listen there no more (RFC 4254 7.1). */
  public void stopListening(String address, int port) throws IOException {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, REQUEST_BYTES);
    request.putString("cancel-tcpip-forward");
    request.putBoolean(false);
    request.putString(address);
    request.putUInt(port);
    session.led().remove(LedConnections.port(address, port));
    session.writePacket(request);
  }

  /** The same of a Unix-domain socket (PROTOCOL 2.4). */
  public void stopListening(String path) throws IOException {
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, REQUEST_BYTES);
    request.putString("cancel-streamlocal-forward@openssh.com");
    request.putBoolean(false);
    request.putString(path);
    session.led().remove(LedConnections.socket(path));
    session.writePacket(request);
  }

  /** Lets sessions that ask for it reach an agent. */
  public void lendAgent(ForwardTarget agent) {
    session.led().put(LedConnections.AGENT, agent);
  }

  /** Lets sessions that ask for it show windows on a display. */
  public void lendDisplay(ForwardTarget display) {
    session.led().put(LedConnections.X11, display);
  }

  /** Copies between two streams until both ways have ended; returns at once. */
  public static void join(Duplex one, Duplex other) {
    JoinedStreams.start(one, other);
  }

  /** Waits until the connection has ended, whoever ends it. */
  public void awaitEnd() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    session.addCloseFutureListener(_ -> ended.countDown());
    ended.await();
  }

  /** Has {@code listener} run when the connection has ended, at once if it has. */
  public void whenOver(Runnable listener) {
    session.addCloseFutureListener(_ -> listener.run());
  }

  /** Whether the connection has ended, or is about to. */
  public boolean isOver() {
    return session.isClosing();
  }

  /** Why the server has ended the connection, if it gave a reason of its own. */
  public Optional<String> goodbye() {
    return session.goodbye();
  }

  /** When bytes came from the server last, by {@link System#nanoTime}. */
  public long heardNanos() {
    return session.stream().heardNanos();
  }

  /** Whether the connection goes on when the links below it are lost. */
  public boolean outlivesLinks() {
    return session.stream().outlivesLinks();
  }

  /**
   * Asks the server whether it is there (keepalive@openssh.com, as ServerAliveInterval does). Done
   * when the server answers, whatever it says: then it has everything that was written before.
   */
  public CompletableFuture<Void> ping() {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    SshFutureListener<CloseFuture> ending =
        _ -> answered.completeExceptionally(new IOException("The connection has ended."));
    session.addCloseFutureListener(ending);
    var _ = answered.whenComplete((_, _) -> session.removeCloseFutureListener(ending));
    // Writing may have to wait for keys that are being exchanged; the caller must not.
    Thread.startVirtualThread(() -> {
      try {
        Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST, REQUEST_BYTES);
        request.putString(KEEP_ALIVE);
        request.putBoolean(true);
        session.request(request, KEEP_ALIVE, (command, answer) -> answered.complete(null));
      } catch (IOException | RuntimeException e) {
        answered.completeExceptionally(e);
      }
    });
    return answered;
  }

  /** Whether the server takes messages that mean nothing, see {@link #chaff}. */
  public boolean takesChaff() {
    return ServerPings.areTakenBy(session);
  }

  /**
   * Sends what looks like a key to whoever sees only its size and time: a ping of the same length
   * (PROTOCOL 1.9), which the server answers.
   */
  public void chaff() throws IOException {
    session.writePacket(ServerPings.likeOneKey(session));
  }

  /** Ends the connection at once and without a word, for nobody is there to hear it. */
  public void sever() {
    session.close(true);
  }

  /** Makes new keys now (RFC 4253 9). */
  public void rekey() throws IOException {
    session.reExchangeKeys();
  }

  /**
   * Runs {@code command} to its end, with these streams for its own. None of them is closed.
   *
   * @param stdin is read on a thread of its own, which may wait there after the command has ended
   * @throws IOException when the connection ends before the command does, or a stream fails
   */
  public Exit exec(String command, InputStream stdin, OutputStream stdout, OutputStream stderr)
      throws IOException, InterruptedException {
    try (RemoteCommand running = start(command)) {
      Thread.startVirtualThread(() -> feed(stdin, running));
      Thread err = Thread.startVirtualThread(() -> drain(running, stderr));
      pump(running.stdout(), stdout);
      err.join();
      return running.await();
    }
  }

  /** Says goodbye and ends the connection. */
  @Override
  public void close() {
    try {
      session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "disconnected by user");
      session.close(false).await(GOODBYE);
    } catch (IOException e) {
      // The connection has gone already, which is what was wanted.
    } finally {
      session.close(true);
    }
  }

  /** An input that fails must not look to the command like one that ended. */
  private static void feed(InputStream stdin, RemoteCommand running) {
    try {
      pump(stdin, running.stdin());
      running.stdin().close();
    } catch (IOException e) {
      running.close();
    }
  }

  private static void drain(RemoteCommand running, OutputStream stderr) {
    try {
      pump(running.stderr(), stderr);
    } catch (IOException e) {
      running.close();
    }
  }

  private static void pump(InputStream from, OutputStream to) throws IOException {
    byte[] bytes = new byte[PUMP_BYTES];
    for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
      to.write(bytes, 0, count);
      to.flush();
    }
  }
}
