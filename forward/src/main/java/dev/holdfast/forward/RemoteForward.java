package dev.holdfast.forward;

import dev.holdfast.client.PortForward;
import dev.holdfast.client.Sockets;
import dev.holdfast.ssh.ForwardTarget;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
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

  private final Server server;
  private final PortForward forward;
  private final Server.Hold hold;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable LiveSession listening;
  private @Nullable String problem;
  private int port;
  private boolean closed;

  RemoteForward(Server server, PortForward forward) {
    this.server = server;
    this.forward = forward;
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
          case PortForward.Listen.Socket socket -> session.listen(socket.path(), target());
          case PortForward.Listen.Port at -> {
            OptionalInt given = session.listen(address(at), wanted(), target());
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

  private ForwardTarget target() {
    return () ->
        switch (forward.to().orElseThrow(() -> new IOException("SOCKS at the server is not led"))) {
          case PortForward.Place.Port to -> Sockets.connect(to.host(), to.port());
          case PortForward.Place.Socket to -> Sockets.connect(to.path());
        };
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
        .orElse("");
  }

  @Override
  public Optional<FarAddress> app() {
    return Optional.empty();
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
          to(),
          listening == null ? "not listening" : state.phase().word(),
          state.roundTrip(),
          0,
          0,
          0,
          Optional.ofNullable(problem),
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
