package dev.holdfast.node;

import dev.holdfast.link.Linux;
import dev.holdfast.link.Peer;
import dev.holdfast.ssh.Granted;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Size;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.regex.Pattern;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of this process at which the users of the machine reach its named sessions, and the
 * node's other processes its live ones too. Each user reaches his own, root all; the kernel says
 * who it is. Thread-safe.
 */
final class SessionSocket implements Closeable {
  /** Most connections of one user at a time. */
  static final int MOST_OF_USER = 128;

  /** Most connections of all users. */
  static final int MOST = 4096;

  /** Time for a client to say what it wants, and to take an answer that ends. */
  static final Duration STEP = Duration.ofSeconds(10);

  /** The variable that says where the client's agent is. */
  static final String AGENT = "SSH_AUTH_SOCK";

  /** The variable that says whence its user came: for the session's programs, not for records. */
  private static final String CONNECTION = "SSH_CONNECTION";

  private static final Pattern CONNECTIONS =
      Pattern.compile("[0-9A-Fa-f:.]{2,45} \\d{1,5} [0-9A-Fa-f:.]{2,45} \\d{1,5}");

  /** Rest after connections could not be accepted. */
  private static final long REST_MILLIS = 500;

  private static final Logger log = LoggerFactory.getLogger(SessionSocket.class);

  private final NamedSessions sessions;
  private final LiveTerminals live;
  private final SessionDirectory directory;
  private final Path file;
  private final ServerSocketChannel channel;
  private final Map<Integer, Integer> counts = new HashMap<>();
  private int count;

  private SessionSocket(
      NamedSessions sessions,
      LiveTerminals live,
      SessionDirectory directory,
      Path file,
      ServerSocketChannel channel) {
    this.sessions = sessions;
    this.live = live;
    this.directory = directory;
    this.file = file;
    this.channel = channel;
  }

  /** Begins to accept at a new file in {@code directory}. */
  static SessionSocket open(
      NamedSessions sessions, LiveTerminals live, SessionDirectory directory, Path file)
      throws IOException {
    Linux.require("Attaching to named sessions");
    SessionSocket socket =
        new SessionSocket(sessions, live, directory, file, directory.listen(file));
    Thread.ofVirtual().name("node-session-socket").start(socket::acceptAll);
    return socket;
  }

  private void acceptAll() {
    while (true) {
      try {
        SocketChannel client = channel.accept();
        Thread.ofVirtual().name("node-session-client").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Descriptors have run out, perhaps: the next may be better.
        rest();
      }
    }
  }

  private static void rest() {
    try {
      Thread.sleep(REST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Who is at the other end: the kernel's number, and the name that the databases have for it. */
  private record Caller(int uid, String name) {
    boolean isRoot() {
      return uid == 0;
    }

    /** Whether it is one of the node's processes, or could be. */
    boolean isNode() {
      return uid == Peer.ownUser();
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      int uid = Peer.of(client).user();
      if (enter(uid)) {
        try {
          String name = client.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
          serve(client, new Caller(uid, name));
        } finally {
          leave(uid);
        }
      }
    } catch (EOFException | ClosedChannelException e) {
      // It has gone.
    } catch (IOException e) {
      log.debug("A client of named sessions: {}", e.getMessage());
    }
  }

  private boolean enter(int uid) {
    synchronized (counts) {
      int own = counts.getOrDefault(uid, 0);
      if (own >= MOST_OF_USER || count >= MOST) {
        return false;
      }
      counts.put(uid, own + 1);
      count++;
      return true;
    }
  }

  private void leave(int uid) {
    synchronized (counts) {
      counts.computeIfPresent(uid, (_, own) -> own == 1 ? null : own - 1);
      count--;
    }
  }

  private void serve(SocketChannel channel, Caller caller) throws IOException {
    AttachedClient[] attached = new AttachedClient[1];
    SessionConnection connection = new SessionConnection(channel, () -> attached[0].drained());
    attached[0] = new AttachedClient(connection);
    ScheduledFuture<?> deadline = connection.deadline(STEP);
    try {
      SessionMessage hello = connection.read();
      if (!(hello instanceof SessionMessage.Hello(int version))) {
        throw new IOException("no hello");
      }
      if (version != SessionMessage.VERSION) {
        refuse(connection, "This node speaks another version; use its own holdfast attach.");
        connection.read();
        return;
      }
      SessionMessage wanted = connection.read();
      if (wanted instanceof SessionMessage.Attach attach) {
        ServedSession served = attach(connection, caller, attach, attached[0]);
        if (served != null) {
          deadline.cancel(false);
          attached[0].serve(served);
          attached[0].readAll(served);
          return;
        }
      } else if (wanted instanceof SessionMessage.Join join) {
        Optional<LiveTerminal> found = found(caller, join.session());
        Optional<AttachMode> mode = AttachMode.of(join.mode());
        if (found.isPresent() && mode.isPresent()) {
          Attachment guest =
              found
                  .get()
                  .guest(
                      join.user(),
                      attached[0],
                      mode.get(),
                      Size.wanted(join.columns(), join.rows()));
          deadline.cancel(false);
          serveGuest(attached[0], guest);
          return;
        }
        connection.send(new SessionMessage.NotHere());
      } else {
        answer(connection, caller, wanted);
      }
      connection.finish();
      connection.read(); // Until it has taken the answer and closes, or is too slow.
    } finally {
      deadline.cancel(false);
      connection.close();
    }
  }

  /** This process does not end before he was told all. */
  private void serveGuest(AttachedClient client, Attachment guest) throws IOException {
    live.guestCame();
    try {
      client.serve(guest);
      client.readAll(guest);
    } finally {
      live.guestWent();
    }
  }

  /** Who is none of the node's processes learns of none. */
  private Optional<LiveTerminal> found(Caller caller, String session) {
    return caller.isNode() ? live.here(session) : Optional.empty();
  }

  private static void refuse(SessionConnection connection, String sentence) {
    connection.send(new SessionMessage.Refused(sentence));
    connection.finish();
  }

  private void answer(SessionConnection connection, Caller caller, SessionMessage wanted)
      throws IOException {
    switch (wanted) {
      case SessionMessage.List it -> list(connection, caller);
      case SessionMessage.Ask(String user, String name) -> {
        boolean has = may(caller, user) && sessions.has(owner(caller, user), name);
        connection.send(has ? new SessionMessage.Done() : new SessionMessage.NotHere());
      }
      case SessionMessage.Kill(String user, String name) -> {
        boolean had = may(caller, user) && sessions.kill(owner(caller, user), name);
        connection.send(had ? new SessionMessage.Done() : new SessionMessage.NotHere());
      }
      case SessionMessage.Find(String session) ->
          connection.send(
              found(caller, session)
                  .<SessionMessage>map(DistantTerminal::told)
                  .orElseGet(SessionMessage.NotHere::new));
      default -> throw new IOException("a message out of place");
    }
  }

  private void list(SessionConnection connection, Caller caller) {
    for (NamedSessionState each : sessions.list(caller.isRoot() ? null : caller.name)) {
      connection.send(
          new SessionMessage.Entry(
              each.user(),
              each.name(),
              each.attached(),
              each.idle().toSeconds(),
              each.size().columns(),
              each.size().rows(),
              SessionMessage.cut(each.title())));
    }
    connection.send(new SessionMessage.Done());
  }

  /** As if there were none, so that nobody learns what others have. */
  private static boolean may(Caller caller, String user) {
    return user.isEmpty() || user.equals(caller.name) || caller.isRoot();
  }

  private static String owner(Caller caller, String user) {
    return user.isEmpty() ? caller.name : user;
  }

  private @Nullable ServedSession attach(
      SessionConnection connection,
      Caller caller,
      SessionMessage.Attach wanted,
      AttachedClient client) {
    Optional<AttachMode> mode = AttachMode.of(wanted.mode());
    if (mode.isEmpty() || !NamedSessions.isName(wanted.name())) {
      refuse(
          connection,
          "A session's name is a letter, digit or _, then up to 63 of those, dots and dashes.");
      return null;
    }
    if (!may(caller, wanted.user())) {
      connection.send(new SessionMessage.NotHere());
      return null;
    }
    String user = owner(caller, wanted.user());
    WindowSize window = new WindowSize(wanted.columns(), wanted.rows(), 0, 0);
    if (!wanted.create()) {
      String agent = wanted.environment().get(AGENT);
      Attachment attachment =
          sessions.attach(user, wanted.name(), mode.get(), window, agent, client);
      if (attachment == null) {
        connection.send(new SessionMessage.NotHere());
      }
      return attachment;
    }
    if (!user.equals(caller.name)) {
      refuse(connection, "Sessions of others can be attached to, not made.");
      return null;
    }
    return switch (sessions.start(start(user, wanted, window, mode.get()), client)) {
      case SessionAnswer.Served(ServedSession served) -> served;
      case SessionAnswer.Refused() -> {
        refuse(
            connection,
            "The node did not make the session: you may have too many, which 'holdfast sessions"
                + " ls' shows; its log has the reason.");
        yield null;
      }
    };
  }

  /** A login at this machine itself, with the terminal that attaches. */
  private SessionStart start(
      String user, SessionMessage.Attach wanted, WindowSize window, AttachMode mode) {
    Login login = new Login(user, java.net.UnixDomainSocketAddress.of(file));
    Map<String, String> environment = new LinkedHashMap<>();
    wanted
        .environment()
        .forEach((name, value) -> {
          if (!name.isEmpty() && name.indexOf('=') < 0 && sessions.acceptsFromAttach(name)) {
            environment.put(name, value);
          }
        });
    environment.put(NamedSessions.NAME, wanted.name());
    environment.put(NamedSessions.MODE, mode.word());
    String connection = wanted.environment().getOrDefault(CONNECTION, "");
    if (CONNECTIONS.matcher(connection).matches()) {
      environment.put(CONNECTION, connection);
    }
    String agent = wanted.environment().get(AGENT);
    return new SessionStart(
        login,
        login.from(),
        new SessionRequest.Shell(),
        environment,
        new Pty(wanted.term(), window, Map.of()),
        false,
        null,
        agent == null ? Granted.NOTHING : new Granted(Map.of(), null, agent, null));
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
    directory.removeIfUnused();
  }
}
