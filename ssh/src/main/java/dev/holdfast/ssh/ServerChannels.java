package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerConnectionService;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service "ssh-connection" of a server (RFC 4254): its channels, of which there are so many and
 * no more, for each may hold a window of bytes. One too many is refused with a sentence; MINA's own
 * limit would end the connection. Forwarded channels are ours and not MINA's.
 */
final class ServerChannels extends ServerConnectionService {
  /** Channels in one connection. */
  static final int MOST = 1_000;

  private static final Logger log = LoggerFactory.getLogger(ServerChannels.class);

  private final ServerPolicy policy;
  private final Forwards forwards;
  private final WindowBudget budget = new WindowBudget();
  private final AtomicInteger connecting = new AtomicInteger();
  private final ClientAlive alive;
  private volatile boolean moreSessions = true;

  private ServerChannels(AbstractServerSession session, ServerPolicy policy) throws SshException {
    super(session);
    this.policy = policy;
    ForwardSockets sockets = new ForwardSockets(policy.rights(), policy.settings());
    forwards = new Forwards(this, sockets, policy.routes());
    alive = new ClientAlive(session, policy.settings());
  }

  static ServerConnectionServiceFactory factory(ServerPolicy policy) {
    return new ServerConnectionServiceFactory() {
      @Override
      public Service create(Session session) throws SshException {
        return new ServerChannels((AbstractServerSession) session, policy);
      }
    };
  }

  /** Those of the connection that {@code session} is. */
  static ServerChannels of(Session session) {
    return session.getService(ServerChannels.class);
  }

  Forwards forwards() {
    return forwards;
  }

  /** Where what this client has forwarded is forwarded. */
  ForwardPlace forwardPlace() {
    return login(getSession()).guest() instanceof Bridge bridge
        ? new BridgedForwards(bridge)
        : forwards;
  }

  /** What whoever is logged in may forward. */
  ForwardPolicy forwardPolicy() {
    return new ForwardPolicy(policy.settings(), login(getSession()));
  }

  static Login login(Session session) {
    Login login = session.getAttribute(UserAuthentication.LOGIN);
    if (login == null) {
      throw new IllegalStateException("nobody is logged in");
    }
    return login;
  }

  @Override
  public void start() {
    super.start();
    alive.start();
    HostKeys.announce(getSession());
  }

  /** MINA would refuse every channel; "no-more-sessions@openssh.com" is about sessions. */
  @Override
  public void setAllowMoreSessions(boolean allow) {
    moreSessions = allow;
  }

  @Override
  public boolean isAllowMoreSessions() {
    return true;
  }

  @Override
  protected void channelOpen(Buffer buffer) throws Exception {
    int begin = buffer.rpos();
    String type = buffer.getString();
    long sender = buffer.getUInt();
    String refusal = refusal(type);
    if (refusal != null) {
      sendChannelOpenFailure(buffer, sender, SshConstants.SSH_OPEN_RESOURCE_SHORTAGE, refusal, "");
      return;
    }
    switch (type) {
      case "direct-tcpip" -> openPort(sender, buffer);
      case "direct-streamlocal@openssh.com" -> openSocket(sender, buffer);
      default -> {
        buffer.rpos(begin);
        super.channelOpen(buffer);
      }
    }
  }

  private @Nullable String refusal(String type) {
    if (getChannels().size() + connecting.get() >= MOST) {
      return "This connection has " + MOST + " channels open; close some.";
    }
    if (!type.equals("session")) {
      return null;
    }
    if (!moreSessions) {
      return "This connection's client said that it opens no more sessions; connect again.";
    }
    Login login = login(getSession());
    int most = login.terms().maxSessions(policy.settings().get(ServerOption.MAX_SESSIONS));
    long open = getChannels().stream().filter(ChannelSession.class::isInstance).count();
    if (open < most) {
      return null;
    }
    Entrances.Stay stay = getSession().getAttribute(UserAuthentication.STAY);
    if (stay != null) {
      stay.sessionRefused(most);
    }
    return "This connection has "
        + open
        + " sessions open, and may have "
        + most
        + " (MaxSessions); close one, or connect again.";
  }

  /** RFC 4254 7.2. */
  private void openPort(long sender, Buffer buffer) throws IOException {
    Windows windows = new Windows(sender, buffer.getUInt(), buffer.getUInt());
    String host = buffer.getString();
    long port = buffer.getUInt();
    boolean permitted = port <= 65_535 && forwardPolicy().mayOpen(host, (int) port);
    tell(false, host + ":" + port, permitted);
    if (!permitted) {
      prohibited(buffer, sender);
      return;
    }
    Login login = login(getSession());
    open(windows, () -> forwardPlace().connect(login, host, (int) port));
  }

  /** PROTOCOL 2.4: path, reserved string, reserved number. */
  private void openSocket(long sender, Buffer buffer) throws IOException {
    Windows windows = new Windows(sender, buffer.getUInt(), buffer.getUInt());
    String path = buffer.getString();
    ForwardPolicy may = forwardPolicy();
    tell(false, path, may.mayOpenSocket());
    if (!may.mayOpenSocket()) {
      prohibited(buffer, sender);
      return;
    }
    open(windows, () -> forwardPlace().connect(may.login(), path));
  }

  /** Tells the server's watch of a forward. */
  void tell(boolean remote, String where, boolean permitted) {
    policy
        .watch()
        .forwarding(login(getSession()), new LoginWatch.Forward(remote, where, permitted));
  }

  private void prohibited(Buffer buffer, long sender) throws IOException {
    sendChannelOpenFailure(
        buffer,
        sender,
        SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
        "This login may not forward there.",
        "");
  }

  /** What a client says of a channel that it opens. */
  private record Windows(long sender, long window, long packetSize) {}

  /** Connects somewhere. */
  private interface Connector {
    Duplex connect() throws IOException;
  }

  /** Connecting takes as long as it takes; the connection's reader does not wait for it. */
  private void open(Windows windows, Connector connector) {
    connecting.incrementAndGet();
    Thread.ofVirtual()
        .name("forward-connect")
        .start(() -> {
          try {
            join(windows, connector.connect());
          } catch (IOException | RuntimeException e) {
            failed(windows, e);
          } finally {
            connecting.decrementAndGet();
          }
        });
  }

  private void join(Windows windows, Duplex socket) {
    OpenedChannel channel = new OpenedChannel(socket, budget);
    try {
      registerChannel(channel);
      channel.open(
          windows.sender, windows.window, windows.packetSize, getSession().createBuffer((byte) 0));
      channel.begin();
    } catch (IOException | RuntimeException e) {
      log.debug("a forward does not begin: {}", e.getMessage());
      channel.close(true);
      socket.close();
    }
  }

  private void failed(Windows windows, Exception why) {
    log.debug("a forward is not opened: {}", why.getMessage());
    try {
      boolean prohibited = why instanceof RouteRefusedException refused && refused.isProhibited();
      sendChannelOpenFailure(
          getSession().createBuffer((byte) 0),
          windows.sender,
          prohibited
              ? SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED
              : SshConstants.SSH_OPEN_CONNECT_FAILED,
          why instanceof RouteRefusedException
              ? String.valueOf(why.getMessage())
              : "The server can't connect there.",
          "");
    } catch (IOException | RuntimeException e) {
      log.debug("telling that failed: {}", e.getMessage());
    }
  }

  /** Opens a channel to the client for a connection that came here; closes it if that can't be. */
  void forward(String type, ForwardedChannel.Details details, Duplex socket) {
    if (getChannels().size() + connecting.get() >= MOST) {
      socket.close();
      return;
    }
    ForwardedChannel channel = new ForwardedChannel(type, details, socket, budget);
    try {
      registerChannel(channel);
      channel.open();
    } catch (IOException | RuntimeException e) {
      log.debug("a forward does not begin: {}", e.getMessage());
      channel.close(true);
      socket.close();
    }
  }

  @Override
  protected void preClose() {
    alive.stop();
    forwards.close();
    super.preClose();
  }
}
