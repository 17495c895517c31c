package dev.holdfast.ssh;

import dev.holdfast.ssh.ClientEnd.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler.Result;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a session channel (RFC 4254 6): gathers what the client asks for, starts one
 * session and tells it what comes. Requests arrive in MINA's methods below, on the connection's
 * reader; none is handled by MINA's own notion of a command.
 */
final class SessionChannel extends ChannelSession {
  /** Characters of all names and values that a client may ask to be set in the environment. */
  static final int MOST_ENVIRONMENT = 32 * 1024;

  /** Bytes of one exit-signal's message. */
  private static final int MOST_MESSAGE = 1024;

  private final Sessions sessions;
  private final ChannelOutput output = new ChannelOutput(this);
  private final AtomicBoolean gone = new AtomicBoolean();

  private final Map<String, String> environment = new LinkedHashMap<>();
  private int environmentSize;
  private @Nullable Pty pty;
  private boolean agentForwarding;
  private @Nullable X11Request x11;

  private volatile @Nullable ServedSession served;
  private boolean takesSignals;

  SessionChannel(Sessions sessions) {
    this.sessions = sessions;
  }

  /** MINA would collect as much for one packet as the peer says that it takes, up to gigabytes. */
  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    return super.open(recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
  }

  @Nullable ServedSession served() {
    return served;
  }

  StreamIoSession stream() {
    return (StreamIoSession) getSession().getIoSession();
  }

  // What is asked for before the session is.

  @Override
  protected Result handleEnv(Buffer buffer, boolean wantReply) {
    String name = ByteText.decode(buffer.getBytes());
    String value = ByteText.decode(buffer.getBytes());
    environmentSize += name.length() + value.length();
    if (served != null
        || environmentSize > MOST_ENVIRONMENT
        || !isVariable(name, value)
        || !sessions.acceptsVariable(login(), name)) {
      return Result.ReplyFailure;
    }
    environment.put(name, value);
    return Result.ReplySuccess;
  }

  private static boolean isVariable(String name, String value) {
    return !name.isEmpty()
        && name.indexOf('=') < 0
        && name.indexOf('\0') < 0
        && value.indexOf('\0') < 0;
  }

  @Override
  protected Result handlePtyReq(Buffer buffer, boolean wantReply) {
    String term = ByteText.decode(buffer.getBytes());
    WindowSize size = windowSize(buffer);
    Map<Integer, Long> modes = TerminalModes.decode(buffer.getBytes());
    if (served != null
        || pty != null
        || term.indexOf('\0') >= 0
        || !sessions.permits(login(), Sessions.Extra.PTY)) {
      return Result.ReplyFailure;
    }
    pty = new Pty(term, size, modes);
    return Result.ReplySuccess;
  }

  private static WindowSize windowSize(Buffer buffer) {
    return new WindowSize(buffer.getInt(), buffer.getInt(), buffer.getInt(), buffer.getInt());
  }

  @Override
  protected Result handleAgentForwardingParsed(String request) {
    if (served != null || !sessions.permits(login(), Sessions.Extra.AGENT_FORWARDING)) {
      return Result.ReplyFailure;
    }
    agentForwarding = true;
    return Result.ReplySuccess;
  }

  @Override
  protected Result handleX11ForwardingParsed(
      String request,
      ServerSession session,
      boolean singleConnection,
      String protocol,
      String cookie,
      int screen) {
    if (served != null
        || x11 != null
        || !X11Request.isWord(protocol)
        || !X11Request.isWord(cookie)
        || !sessions.permits(login(), Sessions.Extra.X11_FORWARDING)) {
      return Result.ReplyFailure;
    }
    x11 = new X11Request(singleConnection, protocol, cookie, screen);
    return Result.ReplySuccess;
  }

  // The session itself.

  @Override
  protected Result handleShellParsed(String request) {
    return start(new SessionRequest.Shell());
  }

  @Override
  protected Result handleExec(String request, Buffer buffer, boolean wantReply) {
    String command = ByteText.decode(buffer.getBytes());
    return command.indexOf('\0') >= 0
        ? Result.ReplyFailure
        : start(new SessionRequest.Exec(command));
  }

  @Override
  protected Result handleSubsystemParsed(String request, String subsystem) {
    return start(new SessionRequest.Subsystem(subsystem));
  }

  private Result start(SessionRequest request) {
    if (served != null || isClosing()) {
      return Result.ReplyFailure;
    }
    SessionStart start =
        new SessionStart(
            login(),
            stream().getLocalAddress(),
            request,
            Map.copyOf(environment),
            pty,
            agentForwarding,
            x11,
            Granted.NOTHING);
    return switch (sessions.start(start, output)) {
      case SessionAnswer.Refused() -> Result.ReplyFailure;
      case SessionAnswer.Served(ServedSession session) -> {
        served = session;
        takesSignals =
            !(request instanceof SessionRequest.Subsystem)
                && login().permissions().command() == null;
        yield Result.ReplySuccess;
      }
    };
  }

  /** The session begins behind the answer to its request, so that no output comes before that. */
  @Override
  protected IoWriteFuture sendResponse(
      Buffer buffer, String request, Result result, boolean wantReply) throws IOException {
    boolean starts = result == Result.ReplySuccess && isStart(request) && output.begin();
    IoWriteFuture sent = super.sendResponse(buffer, request, result, wantReply);
    ServedSession session = served;
    if (starts && session != null) {
      session.begin();
      if (isClosing()) {
        tellGone();
      }
    }
    return sent;
  }

  private static boolean isStart(String request) {
    return switch (request) {
      case "shell", "exec", "subsystem" -> true;
      default -> false;
    };
  }

  // What comes while it runs.

  /** Data for a session that was not asked for are ignored, as sshd does. */
  @Override
  protected void doWriteData(byte[] data, int offset, long length) throws IOException {
    ServedSession session = served;
    if (session != null && !isClosing() && length > 0) {
      int taken = session.input(data, offset, (int) length);
      if (taken > 0) {
        release(taken);
      }
    }
  }

  /** A client has nothing to say on standard error; what it says there is dropped. */
  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
    release((int) length);
  }

  /** Gives window back to the client; may be called by any thread. */
  void release(int bytes) throws IOException {
    if (!isClosing()) {
      ThreadUtils.runAsInternal(
          bytes,
          count -> {
            getLocalWindow().release(count);
            return null;
          });
    }
  }

  @Override
  public void handleEof() throws IOException {
    boolean first = !isEofSignalled();
    super.handleEof();
    ServedSession session = served;
    if (session != null && first) {
      session.inputEnded();
    }
  }

  @Override
  public void handleWindowAdjust(Buffer buffer) throws IOException {
    super.handleWindowAdjust(buffer);
    output.roomChanged();
  }

  @Override
  protected Result handleWindowChange(Buffer buffer, boolean wantReply) {
    WindowSize size = windowSize(buffer);
    ServedSession session = served;
    if (session != null) {
      session.resize(size);
    } else if (pty != null) {
      pty = new Pty(pty.term(), size, pty.modes());
    }
    return pty == null ? Result.ReplyFailure : Result.ReplySuccess;
  }

  /** Neither a subsystem nor a forced command gets any, as with sshd. */
  @Override
  protected Result handleSignalParsed(String name) {
    ServedSession session = served;
    if (session == null || !takesSignals) {
      return Result.ReplyFailure;
    }
    session.signal(name);
    return Result.ReplySuccess;
  }

  @Override
  protected Result handleBreakParsed(long millis) {
    ServedSession session = served;
    return session != null && session.sendBreak(Duration.ofMillis(millis))
        ? Result.ReplySuccess
        : Result.ReplyFailure;
  }

  // The end.

  /** Called once, whoever closes the channel and however. */
  @Override
  protected void preClose() {
    super.preClose();
    if (output.hasBegun()) {
      tellGone();
    }
  }

  private void tellGone() {
    ServedSession session = served;
    if (session != null && gone.compareAndSet(false, true)) {
      session.closed();
    }
  }

  /** Says that no more output comes. */
  void endOutput() throws IOException {
    sendEof();
  }

  /**
   * Says how the session ended and closes the channel. The end of the output comes behind that: a
   * client that has nothing more to say closes the channel on hearing it, and then MINA sends no
   * more requests.
   */
  void exit(Ending ending) throws IOException {
    if (isClosing()) {
      return;
    }
    switch (ending) {
      case Ending.Status(int status) -> sendExitStatus(status);
      case Ending.Signal signal -> sendExitSignal(signal);
      case Ending.Silent() -> {}
    }
    sendEof();
    close(false);
  }

  private void sendExitSignal(Ending.Signal signal) throws IOException {
    Buffer buffer = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, MOST_MESSAGE);
    buffer.putUInt(getRecipient());
    buffer.putString("exit-signal");
    buffer.putBoolean(false);
    buffer.putString(signal.name());
    buffer.putBoolean(signal.coreDumped());
    String message = signal.message();
    buffer.putString(message.substring(0, Math.min(message.length(), MOST_MESSAGE / 4)));
    buffer.putString("");
    writePacket(buffer);
  }

  private Login login() {
    return ServerChannels.login(getSession());
  }
}
