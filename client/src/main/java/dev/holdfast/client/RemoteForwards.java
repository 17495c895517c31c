package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ForwardTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the server listens on for us (ssh_config(5), RemoteForward), asked for anew on every
 * connection. Thread-safe.
 */
final class RemoteForwards {
  /** The server may still hold the port for the connection that was lost. */
  static final Duration TRY_AGAIN = Duration.ofSeconds(3);

  /** So often it is asked; sshd notices a dead client after its ClientAlive or TCP's two hours. */
  static final int MOST_TRIES = 200;

  private final ClientConfig config;
  private final ForwardedConnections open;
  private final Prompts person;
  private final List<PortForward> forwards = new ArrayList<>();

  RemoteForwards(ClientConfig config, ForwardedConnections open, Prompts person) {
    this.config = config;
    this.open = open;
    this.person = person;
  }

  /** Asks for one more; false, and tells, if the server does not. */
  boolean ask(ClientConnection connection, PortForward forward) {
    synchronized (forwards) {
      forwards.add(forward);
    }
    boolean listens = isTaken(connection, forward);
    if (!listens) {
      person.tell("Warning: remote port forwarding failed for listen " + listened(forward));
    }
    return listens;
  }

  /** Asks for all of them on a connection that took another one's place. */
  void askAgain(ClientConnection connection) {
    List<PortForward> wanted;
    synchronized (forwards) {
      wanted = List.copyOf(forwards);
    }
    for (PortForward forward : wanted) {
      Thread.ofVirtual().name("forward-again").start(() -> again(connection, forward));
    }
  }

  private void again(ClientConnection connection, PortForward forward) {
    try {
      for (int i = 0; i < MOST_TRIES && !connection.isOver(); i++) {
        if (isTaken(connection, forward)) {
          return;
        }
        Thread.sleep(TRY_AGAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!connection.isOver()) {
      person.tell("Warning: remote port forwarding failed for listen " + listened(forward));
    }
  }

  private boolean isTaken(ClientConnection connection, PortForward forward) {
    try {
      return switch (forward.listen()) {
        case PortForward.Listen.Socket socket -> connection.listen(socket.path(), target(forward));
        case PortForward.Listen.Port port -> askForPort(connection, port, forward);
      };
    } catch (IOException e) {
      return false;
    }
  }

  private boolean askForPort(
      ClientConnection connection, PortForward.Listen.Port port, PortForward forward)
      throws IOException {
    String address = port.address().map(a -> a.equals("*") ? "" : a).orElse("localhost");
    OptionalInt given = connection.listen(address, port.port(), target(forward));
    if (given.isPresent() && port.port() == 0) {
      person.tell(
          "Allocated port %d for remote forward to %s"
              .formatted(given.getAsInt(), forward.listed().replaceFirst("^\\S+ ?", "")));
    }
    return given.isPresent();
  }

  private static String listened(PortForward forward) {
    return switch (forward.listen()) {
      case PortForward.Listen.Socket socket -> "path " + socket.path();
      case PortForward.Listen.Port port -> "port " + port.port();
    };
  }

  private ForwardTarget target(PortForward forward) {
    return () -> {
      int place = open.take("forwarded " + forward.listed());
      try {
        return forward.to().isPresent()
            ? Sockets.connect(forward.to().get(), () -> open.free(place))
            : RemoteSocks.connect(config, () -> open.free(place));
      } catch (IOException | RuntimeException e) {
        open.free(place);
        throw e;
      }
    };
  }
}
