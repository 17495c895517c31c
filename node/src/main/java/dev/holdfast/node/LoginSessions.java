package dev.holdfast.node;

import dev.holdfast.link.Linux;
import dev.holdfast.link.SystemCallException;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Granted;
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
  private final SessionSpawner spawner;
  private final List<DescriptorLoop> loops;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger running;

  private LoginSessions(
      SessionSettings settings,
      SessionSpawner spawner,
      List<DescriptorLoop> loops,
      AtomicInteger running) {
    this.settings = settings;
    this.spawner = spawner;
    this.loops = loops;
    this.running = running;
  }

  /** Sessions by {@code settings}. What a login may do beyond them is for the caller to see to. */
  public static LoginSessions open(SessionSettings settings) throws IOException {
    SessionSpawner spawner = new SessionSpawner(SessionProgram.load());
    List<DescriptorLoop> loops = new ArrayList<>();
    int count = Math.min(Runtime.getRuntime().availableProcessors(), MOST_LOOPS);
    for (int i = 0; i < count; i++) {
      loops.add(new DescriptorLoop("node-sessions-" + i));
    }
    return new LoginSessions(settings, spawner, List.copyOf(loops), new AtomicInteger());
  }

  /** The same, of which those that start here go by other settings; closed with this one. */
  public LoginSessions with(SessionSettings others) {
    return new LoginSessions(others, spawner, loops, running);
  }

  /** Processes that have not ended. */
  public int running() {
    return running.get();
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    Optional<Command> command = command(start.request());
    if (command.isEmpty()) {
      return new SessionAnswer.Refused();
    }
    try {
      Spawned spawned =
          spawner.spawn(
              start.pty(), settings.pam().isPresent(), slave -> order(start, command.get(), slave));
      DescriptorLoop loop = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
      running.incrementAndGet();
      ProcessSession session =
          new ProcessSession(spawned, client, loop, ended -> processEnded(ended, start, loop));
      loop.execute(session::watchProcess);
      return new SessionAnswer.Served(session);
    } catch (IOException e) {
      log.error("A session of {} could not be started: {}.", start.login().user(), e.getMessage());
      return new SessionAnswer.Served(
          new UnstartedSession(client, start.pty() != null, sentence(e)));
    }
  }

  /** What the client is told; what else went wrong is the administrator's to know. */
  private static String sentence(IOException why) {
    String reason =
        why instanceof SystemCallException call && call.errno() == Linux.EAGAIN
            ? "this account or the machine has as many processes as it may"
            : "its log has the reason";
    return "The server could not start a process for this session: " + reason + "; try again.";
  }

  /** What is run: null for the login shell. */
  private record Command(@Nullable String text) {}

  private Optional<Command> command(SessionRequest request) {
    return switch (request) {
      case SessionRequest.Shell() -> Optional.of(new Command(null));
      case SessionRequest.Exec(String text) -> Optional.of(new Command(text));
      case SessionRequest.Subsystem(String name) -> subsystem(name).map(Command::new);
    };
  }

  /** The value of SSH_ORIGINAL_COMMAND: of a subsystem, what would have been run. */
  private @Nullable String original(@Nullable SessionRequest request) {
    return request == null ? null : command(request).map(Command::text).orElse(null);
  }

  private Optional<String> subsystem(String name) {
    return name.equals("sftp") ? settings.sftpServer() : Optional.empty();
  }

  private SessionOrder order(SessionStart start, Command command, @Nullable String slave) {
    Login login = start.login();
    Granted granted = start.granted();
    SessionOrder order =
        new SessionOrder()
            .with("action", "session")
            .with("user", login.user())
            .with("command", command.text())
            .with("original-command", original(granted.original()))
            .with("subsystem", isSubsystem(start.request()) || isSubsystem(granted.original()))
            .with("user-rc", settings.userRc() && login.permissions().userRc())
            .with("motd", settings.motd() && settings.pam().isEmpty())
            .with("last-login", settings.lastLogin())
            .with("pam", settings.pam().orElse(null))
            .with("auth-sock", granted.agentSocket())
            .with("tty", slave);
    addAddresses(order, login.from(), start.local(), start.environment().get("SSH_CONNECTION"));
    start.environment().forEach((name, value) -> order.with("env." + name, value));
    granted.environment().forEach((name, value) -> order.with("key-env." + name, value));
    addDisplay(order, granted.display());
    addTerminal(order, start.pty());
    return order;
  }

  private static boolean isSubsystem(@Nullable SessionRequest request) {
    return request instanceof SessionRequest.Subsystem;
  }

  private static void addDisplay(SessionOrder order, Granted.@Nullable Display display) {
    if (display != null) {
      order
          .with("display", display.name())
          .with("x11-entry", display.entry())
          .with("x11-cookie", display.protocol() + " " + display.cookie())
          .with("xauth", display.xauth());
    }
  }

  private static void addTerminal(SessionOrder order, @Nullable Pty pty) {
    if (pty != null) {
      order.with("term", pty.term());
      pty.modes().forEach((opcode, value) -> order.with("mode." + opcode, Long.toString(value)));
    }
  }

  /** Who came by no network may have said himself whence he came before. */
  private static void addAddresses(
      SessionOrder order, SocketAddress from, SocketAddress to, @Nullable String said) {
    if (from instanceof InetSocketAddress client && to instanceof InetSocketAddress server) {
      String host = host(client);
      order
          .with("client", host)
          .with("ssh-client", host + " " + client.getPort() + " " + server.getPort())
          .with(
              "ssh-connection",
              host + " " + client.getPort() + " " + host(server) + " " + server.getPort());
    } else {
      String connection =
          said != null && said.split(" ", -1).length == 4 ? said : "UNKNOWN 65535 UNKNOWN 65535";
      String[] words = connection.split(" ", -1);
      order.with("ssh-client", words[0] + " " + words[1] + " " + words[3]);
      order.with("ssh-connection", connection);
    }
  }

  static String host(InetSocketAddress address) {
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
