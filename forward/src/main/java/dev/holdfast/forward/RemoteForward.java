package dev.holdfast.forward;

import dev.holdfast.client.PortForward;
import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.ForwardTarget;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A forward whose listener is at the server: it needs a session all the time, and asks each new one
 * to listen. Thread-safe.
 */
final class RemoteForward implements Forward {
  /**
   * A server that does not listen yet, since the session before still does, is asked this often.
   */
  static final long RETRY_SECONDS = 3;

  /** Connections at a time; others are refused. */
  static final int MOST_CONNECTIONS = 1024;

  private final Server server;
  private final PortForward forward;
  private final ForwardTarget target;
  private final Tally tally = new Tally();
  private final Semaphore room = new Semaphore(MOST_CONNECTIONS);
  private final Server.Hold hold;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable LiveSession listening;
  private @Nullable String problem;
  private int port;
  private boolean closed;

  /**
   * One that is not asked for yet.
   *
   * @param target the program here, or one that asks each connection by SOCKS where it wants to go
   */
  RemoteForward(Server server, PortForward forward, ForwardTarget target) {
    this.server = server;
    this.forward = forward;
    this.target = target;
    hold = server.hold();
    port = forward.listen() instanceof PortForward.Listen.Port at ? at.port() : 0;
  }

  void start() {
    Thread.ofVirtual().name("forward-remote").start(this::keep);
  }

  /** Until it is closed: a session, and the listener in it. */
  private void keep() {
    while (awaitNeed()) {
      String trouble = null;
      LiveSession session = null;
      try {
        session = server.session(Deadline.in(PATIENCE));
        trouble = ask(session.session());
      } catch (FarFailure e) {
        trouble = e.trouble().words();
      } catch (IOException e) {
        trouble = String.valueOf(e.getMessage());
      }
      settle(trouble == null ? session : null, trouble);
    }
  }

  /** Waits while the listener is there; false when it is closed. */
  private boolean awaitNeed() {
    lock.lock();
    try {
      while (!closed && listening != null && !listening.isOver() && server.isNewest(listening)) {
        changed.await(RETRY_SECONDS, TimeUnit.SECONDS);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void settle(@Nullable LiveSession session, @Nullable String trouble) {
    if (session != null) {
      session.session().whenOver(this::wake);
    }
    lock.lock();
    try {
      listening = session;
      problem = trouble;
    } finally {
      lock.unlock();
    }
    if (trouble != null) {
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(RETRY_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What stands in the way; null if the server listens. */
  private @Nullable String ask(Session session) throws IOException {
    boolean listens =
        switch (forward.listen()) {
          case PortForward.Listen.Socket socket -> session.listen(socket.path(), this::lead);
          case PortForward.Listen.Port at -> {
            OptionalInt given = session.listen(address(at), wanted(), this::lead);
            lock.lock();
            try {
              port = given.orElse(port);
            } finally {
              lock.unlock();
            }
            yield given.isPresent();
          }
        };
    return listens
        ? null
        : "The server does not listen there: the port is taken or not allowed (AllowTcpForwarding,"
            + " PermitListen); it is asked again.";
  }

  /** A port that the server chose once is asked for again. */
  private int wanted() {
    lock.lock();
    try {
      return port;
    } finally {
      lock.unlock();
    }
  }

  private static String address(PortForward.Listen.Port at) {
    return at.address().map(it -> it.equals("*") ? "" : it).orElse("localhost");
  }

  private void ended(LedStream stream) {
    tally.ends(stream);
    room.release();
  }

  /** A connection with the program here, counted. */
  private Duplex lead() throws IOException {
    if (!room.tryAcquire()) {
      throw new IOException("there are %d connections already".formatted(MOST_CONNECTIONS));
    }
    try {
      LedStream stream = new LedStream(target.connect(), this::ended);
      tally.begins(stream);
      return stream;
    } catch (IOException | RuntimeException e) {
      room.release();
      tally.failed(
          "%s can't be reached from here (%s); start what should be there."
              .formatted(to(), e.getMessage()));
      throw e;
    }
  }

  @Override
  public Server server() {
    return server;
  }

  @Override
  public String text() {
    return "remote " + from() + " " + to();
  }

  private String from() {
    return switch (forward.listen()) {
      case PortForward.Listen.Socket socket -> socket.path();
      case PortForward.Listen.Port at -> at.address().orElse("localhost") + ":" + wanted();
    };
  }

  private String to() {
    return forward
        .to()
        .map(place ->
            switch (place) {
              case PortForward.Place.Port to ->
                  new FarAddress.Port(to.host(), to.port()).toString();
              case PortForward.Place.Socket to -> to.path();
            })
        .orElse("SOCKS");
  }

  @Override
  public ForwardStatus status(long id) {
    ServerState state = server.state();
    lock.lock();
    try {
      return new ForwardStatus(
          id,
          server.name(),
          "remote",
          from(),
          forward.isDynamic() ? "" : to(),
          listening == null ? "not listening" : state.phase().word(),
          state.roundTrip(),
          tally.connections(),
          tally.sent(),
          tally.received(),
          Optional.ofNullable(problem).or(tally::lastError),
          Optional.empty());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    LiveSession session;
    lock.lock();
    try {
      closed = true;
      session = listening;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    hold.close();
    if (session != null && !session.isOver()) {
      Thread.ofVirtual().name("forward-remote-end").start(() -> stop(session.session()));
    }
  }

  private void stop(Session session) {
    try {
      switch (forward.listen()) {
        case PortForward.Listen.Socket socket -> session.stopListening(socket.path());
        case PortForward.Listen.Port at -> session.stopListening(address(at), wanted());
      }
    } catch (IOException e) {
      // The session has ended, and the listener with it.
    }
  }
}
