package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The other processes of this node, as far as named sessions go: one that has a session attaches
 * our client to it. Thread-safe.
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
    for (Path file : directory.files()) {
      if (!file.equals(own)) {
        Optional<DistantSession> found = attach(file, wanted, client);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<DistantSession> attach(
      Path file, SessionMessage.Attach wanted, ClientEnd client) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(file));
    } catch (IOException e) {
      channel.close();
      return Optional.empty(); // It died, or ends.
    }
    SessionConnection connection = new SessionConnection(channel, () -> {});
    ScheduledFuture<?> deadline = connection.deadline(ANSWER);
    boolean attached = false;
    try {
      connection.send(new SessionMessage.Hello(SessionMessage.VERSION));
      connection.send(wanted);
      attached =
          switch (connection.read()) {
            case SessionMessage.Attached it -> true;
            case SessionMessage.NotHere it -> false;
            case SessionMessage.Refused(String sentence) -> throw new IOException(sentence);
            default -> throw new IOException("an answer to another question");
          };
    } finally {
      deadline.cancel(false);
      if (!attached) {
        connection.close();
      }
    }
    return attached ? Optional.of(new DistantSession(connection, client)) : Optional.empty();
  }
}
