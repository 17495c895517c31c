package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Permissions;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SessionsAround;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions with names, each of one login user: a client that asks for a name is attached to that
 * session, which is made if there is none. Clients that ask for none get what {@code plain} gives.
 * What they ask with is in {@code PROTOCOL.named-session}. Thread-safe.
 */
public final class NamedSessions implements Sessions, AutoCloseable {
  /** The variable that names the session. */
  public static final String NAME = "HOLDFAST_SESSION";

  /** The variable that says what becomes of others that are attached. */
  public static final String MODE = "HOLDFAST_ATTACH";

  /** The variable that tells programs where the node's sockets are. */
  static final String DIRECTORY = "HOLDFAST_SESSIONS";

  /** Most named sessions of one user. */
  public static final int MOST_OF_USER = 64;

  private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
  private static final Logger log = LoggerFactory.getLogger(NamedSessions.class);

  private final SessionTable sessions;
  private final Object making = new Object();
  private volatile Sessions plain;
  private volatile Predicate<String> variables = _ -> false;
  private volatile @Nullable SessionDirectory directory;
  private volatile @Nullable OtherProcesses others;
  private volatile @Nullable SessionSocket socket;

  /**
   * Named sessions beside others. A login that is bound to a command, or gets no pty, gets none.
   *
   * @param plain starts the programs, of all sessions
   */
  public NamedSessions(Sessions plain, Settings settings) {
    this.plain = plain;
    sessions = new SessionTable(settings);
  }

  /**
   * Other settings count from now on.
   *
   * @param next starts the programs of sessions that are made by {@code holdfast attach}
   * @param accepted the variables that it may set there
   */
  public void startBy(Sessions next, Predicate<String> accepted) {
    plain = next;
    variables = accepted;
  }

  /** Whether {@code holdfast attach} may set the variable in a session that it makes. */
  boolean acceptsFromAttach(String name) {
    return variables.test(name);
  }

  /**
   * Lets the users of this machine reach them, and finds those of the node's other processes.
   *
   * @param state the node's directory
   * @param live terminals that are found by the same means, by the node's processes alone
   */
  public void open(Path state, LiveTerminals live) throws IOException {
    SessionDirectory where = SessionDirectory.of(state);
    Path file = where.newFile();
    socket = SessionSocket.open(this, live, where, file);
    OtherProcesses processes = new OtherProcesses(where, file);
    others = processes;
    live.findIn(processes);
    directory = where;
  }

  /** Whether a session can have that name. */
  static boolean isName(String name) {
    return NAMES.matcher(name).matches();
  }

  @Override
  public boolean permits(Login login, Extra extra) {
    return plain.permits(login, extra);
  }

  @Override
  public boolean acceptsVariable(Login login, String name) {
    if (name.equals(NAME) || name.equals(MODE)) {
      Permissions may = login.permissions();
      return may.command() == null && may.pty();
    }
    return plain.acceptsVariable(login, name);
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    return start(start, client, plain);
  }

  private SessionAnswer start(SessionStart start, ClientEnd client, Sessions programs) {
    String name = start.environment().get(NAME);
    if (name == null) {
      return programs.start(toldWhere(start), client);
    }
    Optional<AttachMode> mode = AttachMode.of(start.environment().getOrDefault(MODE, "take"));
    Pty pty = start.pty();
    if (pty == null || mode.isEmpty() || !isName(name)) {
      return new SessionAnswer.Refused();
    }
    String user = start.login().user();
    String agent = start.granted().agentSocket();
    Attachment there = attach(user, name, mode.get(), pty.size(), agent, client);
    return there != null
        ? new SessionAnswer.Served(there)
        : find(
            programs,
            toldWhere(start),
            new SessionTable.Key(user, name),
            mode.get(),
            pty.size(),
            client);
  }

  /**
   * Attaches to a session that is here; null if it is not.
   *
   * @param agent the socket of the client's agent, if it lends one; that of a watcher is not used
   */
  @Nullable Attachment attach(
      String user,
      String name,
      AttachMode mode,
      WindowSize window,
      @Nullable String agent,
      ClientEnd client) {
    NamedSession session = sessions.get(new SessionTable.Key(user, name));
    if (session == null) {
      return null;
    }
    if (agent != null && mode != AttachMode.WATCH) {
      session.agentIs(agent);
    }
    return new Attachment(session, client, mode, Size.wanted(window.columns(), window.rows()));
  }

  /** Whether it is here. */
  boolean has(String user, String name) {
    return sessions.get(new SessionTable.Key(user, name)) != null;
  }

  /** The session finds this node again, whatever its user's environment is. */
  private SessionStart toldWhere(SessionStart start) {
    SessionDirectory where = directory;
    if (where == null || start.pty() == null) {
      return start;
    }
    Map<String, String> environment = new LinkedHashMap<>(start.environment());
    environment.put(DIRECTORY, where.path().toString());
    return new SessionStart(
        start.login(),
        start.local(),
        start.request(),
        environment,
        start.pty(),
        start.agentForwarding(),
        start.x11(),
        start.granted());
  }

  /** The same, where {@code others} start the programs, of sessions with and without a name. */
  public Sessions beside(Sessions others) {
    return new SessionsAround(others) {
      @Override
      public boolean acceptsVariable(Login login, String name) {
        return NamedSessions.this.acceptsVariable(login, name)
            || others.acceptsVariable(login, name);
      }

      @Override
      public SessionAnswer start(SessionStart start, ClientEnd client) {
        return NamedSessions.this.start(start, client, others);
      }
    };
  }

  /** A user's sessions, by name; everybody's if {@code user} is null. */
  public List<NamedSessionState> list(@Nullable String user) {
    return sessions.list(user);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return sessions.isEmpty();
  }

  /** Ends a session; returns whether there was one. */
  public boolean kill(String user, String name) {
    NamedSession session = sessions.get(new SessionTable.Key(user, name));
    if (session != null) {
      session.kill();
    }
    return session != null;
  }

  /** Ends every session. */
  @Override
  public void close() {
    sessions.close();
    SessionSocket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.warn("A socket's file stays behind: {}", e.getMessage());
      }
    }
  }

  /** One at a time, over all processes, so that nobody makes what another one makes just now. */
  private SessionAnswer find(
      Sessions programs,
      SessionStart start,
      SessionTable.Key key,
      AttachMode mode,
      WindowSize window,
      ClientEnd client) {
    SessionDirectory where = directory;
    OtherProcesses processes = others;
    Size size = Size.wanted(window.columns(), window.rows());
    synchronized (making) {
      if (where == null || processes == null) {
        return make(programs, start, key, mode, size, client);
      }
      try (FileChannel file = where.lockFile();
          FileLock _ = file.lock()) {
        String agent = start.granted().agentSocket();
        Optional<DistantSession> distant =
            processes.attach(key.user(), key.name(), mode, size, agent, client);
        return distant.isPresent()
            ? new SessionAnswer.Served(distant.get())
            : make(programs, start, key, mode, size, client);
      } catch (IOException e) {
        log.warn(
            "Whether another process has session {} of {} can't be told: {}",
            key.name(),
            key.user(),
            e.getMessage());
        return new SessionAnswer.Refused();
      }
    }
  }

  private SessionAnswer make(
      Sessions programs,
      SessionStart start,
      SessionTable.Key key,
      AttachMode mode,
      Size window,
      ClientEnd client) {
    NamedSession session = sessions.getOrMake(key, programs, start, window, directory);
    return session == null
        ? new SessionAnswer.Refused()
        : new SessionAnswer.Served(new Attachment(session, client, mode, window));
  }
}
