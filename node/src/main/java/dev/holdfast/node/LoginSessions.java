package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that are processes of the login users: shells, commands, and the subsystem sftp.
 *
 * <p>As root it becomes the user; as anybody else it serves that user only. Thread-safe.
 */
public final class LoginSessions implements Sessions, AutoCloseable {
  /** Threads that carry the output of all sessions. */
  private static final int MOST_LOOPS = 4;

  private static final Logger log = LoggerFactory.getLogger(LoginSessions.class);

  private final SessionSettings settings;
  private final Restrictions.Source restrictions;
  private final SessionSpawner spawner;
  private final List<DescriptorLoop> loops = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();

  private LoginSessions(
      SessionSettings settings, Restrictions.Source restrictions, SessionProgram program) {
    this.settings = settings;
    this.restrictions = restrictions;
    spawner = new SessionSpawner(program);
  }

  /** Sessions by {@code settings}; each login is restricted as {@code restrictions} tells. */
  public static LoginSessions open(SessionSettings settings, Restrictions.Source restrictions)
      throws IOException {
    LoginSessions sessions = new LoginSessions(settings, restrictions, SessionProgram.load());
    int count = Math.min(Runtime.getRuntime().availableProcessors(), MOST_LOOPS);
    for (int i = 0; i < count; i++) {
      sessions.loops.add(new DescriptorLoop("node-sessions-" + i));
    }
    return sessions;
  }

  /** Processes that have not ended. */
  public int running() {
    return running.get();
  }

  @Override
  public boolean permits(Login login, Extra extra) {
    return extra == Extra.PTY && restrictions.of(login).pty();
  }

  @Override
  public boolean acceptsVariable(Login login, String name) {
    return settings.accepts(name);
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    Restrictions may = restrictions.of(start.login());
    Optional<Command> command = command(start.request(), may.command());
    if (command.isEmpty()) {
      return new SessionAnswer.Refused();
    }
    try {
      Spawned spawned =
          spawner.spawn(
              start.pty(),
              settings.pam().isPresent(),
              slave -> order(start, may, command.get(), slave));
      DescriptorLoop loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
      running.incrementAndGet();
      ProcessSession session =
          new ProcessSession(spawned, client, loop, ended -> processEnded(ended, start, loop));
      loop.execute(session::watchProcess);
      return new SessionAnswer.Served(session);
    } catch (IOException e) {
      log.error("A session of {} could not be started: {}", start.login().user(), e.getMessage());
      return new SessionAnswer.Refused();
    }
  }

  /** What is run: null text for the login shell. */
  private record Command(@Nullable String text, @Nullable String original, boolean subsystem) {}

  private Optional<Command> command(SessionRequest request, @Nullable String forced) {
    return switch (request) {
      case SessionRequest.Shell() -> Optional.of(new Command(forced, null, false));
      case SessionRequest.Exec(String text) ->
          Optional.of(
              forced == null ? new Command(text, null, false) : new Command(forced, text, false));
      case SessionRequest.Subsystem(String name) ->
          subsystem(name)
              .map(text ->
                  forced == null ? new Command(text, null, true) : new Command(forced, text, true));
    };
  }

  private Optional<String> subsystem(String name) {
    return name.equals("sftp") ? settings.sftpServer() : Optional.empty();
  }

  private SessionOrder order(
      SessionStart start, Restrictions may, Command command, @Nullable String slave) {
    SessionOrder order =
        new SessionOrder()
            .with("action", "session")
            .with("user", start.login().user())
            .with("command", command.text())
            .with("original-command", command.original())
            .with("subsystem", command.subsystem())
            .with("user-rc", settings.userRc() && may.userRc())
            .with("motd", settings.motd() && settings.pam().isEmpty())
            .with("last-login", settings.lastLogin())
            .with("pam", settings.pam().orElse(null))
            .with("tty", slave);
    addAddresses(order, start.login().from(), start.local());
    start.environment().forEach((name, value) -> order.with("env." + name, value));
    may.environment().forEach((name, value) -> order.with("key-env." + name, value));
    Pty pty = start.pty();
    if (pty != null) {
      order.with("term", pty.term());
      pty.modes().forEach((opcode, value) -> order.with("mode." + opcode, Long.toString(value)));
    }
    return order;
  }

  private static void addAddresses(SessionOrder order, SocketAddress from, SocketAddress to) {
    if (from instanceof InetSocketAddress client && to instanceof InetSocketAddress server) {
      String host = host(client);
      order
          .with("client", host)
          .with("ssh-client", host + " " + client.getPort() + " " + server.getPort())
          .with(
              "ssh-connection",
              host + " " + client.getPort() + " " + host(server) + " " + server.getPort());
    } else {
      order.with("ssh-client", "UNKNOWN 65535 65535");
      order.with("ssh-connection", "UNKNOWN 65535 UNKNOWN 65535");
    }
  }

  private static String host(InetSocketAddress address) {
    return address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
  }

  private void processEnded(ProcessSession session, SessionStart start, DescriptorLoop loop) {
    running.decrementAndGet();
    PtyMaster pty = session.spawned().pty();
    if (pty != null) {
      String user = start.login().user();
      spawner.recordLogout(user, pty.slaveName(), session.spawned().process(), loop);
    }
  }

  /** Ends the threads. Processes go on; those with a pty are hung up on when this process ends. */
  @Override
  public void close() {
    loops.forEach(DescriptorLoop::close);
  }
}
