package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The other processes of this node, as far as named and live sessions go: one that has a session
 * attaches our client to it. Thread-safe.
 */
final class OtherProcesses {
  /** Time for another process to answer. */
  static final Duration ANSWER = Duration.ofSeconds(3);

  private final SessionDirectory directory;
  private final Path own;

  OtherProcesses(SessionDirectory directory, Path own) {
    this.directory = directory;
    this.own = own;
  }

  /**
   * Attaches a client to a session that another process has.
   *
   * @param agent the socket of the client's agent, if it lends one
   * @return empty if none has it
   * @throws IOException if one may have it and can't be asked
   */
  Optional<DistantSession> attach(
      String user,
      String name,
      AttachMode mode,
      Size window,
      @Nullable String agent,
      ClientEnd client)
      throws IOException {
    Map<String, String> environment = agent == null ? Map.of() : Map.of(SessionSocket.AGENT, agent);
    SessionMessage.Attach wanted =
        new SessionMessage.Attach(
            user, name, mode.word(), false, window.columns(), window.rows(), "", environment);
    for (Path file : files()) {
      Optional<DistantSession> found = attach(file, wanted, client);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * A live session that another process has.
   *
   * @throws IOException if none said that it has it, and one did not answer
   */
  Optional<DistantTerminal> find(String session) throws IOException {
    Optional<IOException> doubt = Optional.empty();
    for (Path file : files()) {
      try {
        Optional<DistantTerminal> found = find(file, session);
        if (found.isPresent()) {
          return found;
        }
      } catch (IOException e) {
        doubt = Optional.of(e);
      }
    }
    if (doubt.isPresent()) {
      throw doubt.get();
    }
    return Optional.empty();
  }

  private List<Path> files() throws IOException {
    return directory.files().stream().filter(file -> !file.equals(own)).toList();
  }

  private static Optional<DistantTerminal> find(Path file, String session) throws IOException {
    Optional<Asked> asked = ask(file, new SessionMessage.Find(session));
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    asked.get().connection.close();
    return switch (asked.get().answer) {
      case SessionMessage.Live live -> Optional.of(DistantTerminal.of(file, session, live));
      case SessionMessage.NotHere it -> Optional.empty();
      default -> throw unexpected(asked.get().answer);
    };
  }

  /** Attaches a client where a process listens; empty if what it wants is not there. */
  static Optional<DistantSession> attach(Path file, SessionMessage wanted, ClientEnd client)
      throws IOException {
    Optional<Asked> asked = ask(file, wanted);
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    SessionConnection connection = asked.get().connection;
    if (asked.get().answer instanceof SessionMessage.Attached) {
      return Optional.of(new DistantSession(connection, client));
    }
    connection.close();
    if (asked.get().answer instanceof SessionMessage.NotHere) {
      return Optional.empty();
    }
    throw unexpected(asked.get().answer);
  }

  private static IOException unexpected(SessionMessage answer) {
    return new IOException(
        answer instanceof SessionMessage.Refused(String sentence)
            ? sentence
            : "an answer to another question");
  }

  /** What a process said, and the connection, which is open. */
  private record Asked(SessionConnection connection, SessionMessage answer) {}

  /** Empty if that process died, or ends. */
  private static Optional<Asked> ask(Path file, SessionMessage question) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(file));
    } catch (IOException e) {
      channel.close();
      return Optional.empty();
    }
    SessionConnection connection = new SessionConnection(channel, () -> {});
    ScheduledFuture<?> deadline = connection.deadline(ANSWER);
    boolean answered = false;
    try {
      connection.send(new SessionMessage.Hello(SessionMessage.VERSION));
      connection.send(question);
      Asked asked = new Asked(connection, connection.read());
      answered = true;
      return Optional.of(asked);
    } finally {
      deadline.cancel(false);
      if (!answered) {
        connection.close();
      }
    }
  }
}
