package dev.holdfast.ssh;

import java.io.IOException;
import java.util.Map;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;

/** The server's side of a session channel (RFC 4254 6): runs one program. */
final class SessionChannel extends ChannelSession {
  /** Characters of all names and values that a client may ask to be set in the environment. */
  static final int MOST_ENVIRONMENT = 32 * 1024;

  private final Programs programs;
  private int environmentSize;

  SessionChannel(Programs programs) {
    this.programs = programs;
  }

  /** MINA would collect as much for one packet as the peer says that it takes, up to gigabytes. */
  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    return super.open(recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
  }

  @Override
  protected RequestHandler.Result handleEnvParsed(String name, String value) throws IOException {
    environmentSize += name.length() + value.length();
    if (environmentSize > MOST_ENVIRONMENT) {
      return RequestHandler.Result.ReplyFailure;
    }
    return super.handleEnvParsed(name, value);
  }

  @Override
  protected RequestHandler.Result handleExecParsed(String request, String commandLine)
      throws IOException {
    return begin(request, new SessionRequest.Exec(commandLine));
  }

  @Override
  protected RequestHandler.Result handleShellParsed(String request) throws IOException {
    return begin(request, new SessionRequest.Shell());
  }

  @Override
  protected RequestHandler.Result handleSubsystemParsed(String request, String subsystem)
      throws IOException {
    return begin(request, new SessionRequest.Subsystem(subsystem));
  }

  private RequestHandler.Result begin(String request, SessionRequest wanted) throws IOException {
    Login login = new Login(getSession().getUsername(), getSession().getClientAddress());
    Program program = programs.find(login, wanted);
    if (program == null) {
      return RequestHandler.Result.ReplyFailure;
    }
    ChannelInput stdin = ChannelInput.with(getLocalWindow());
    setDataReceiver(new Stdin(stdin));
    commandInstance =
        new ProgramCommand(program, login, stdin, Map.copyOf(getEnvironment().getEnv()));
    return prepareChannelCommand(request, commandInstance);
  }

  /** Hands data on; it counts against the window until the program has read it. */
  private final class Stdin implements ChannelDataReceiver {
    private final ChannelInput stdin;

    Stdin(ChannelInput stdin) {
      this.stdin = stdin;
    }

    @Override
    public int data(ChannelSession channel, byte[] bytes, int offset, int length) {
      stdin.receive(bytes, offset, length);
      return 0;
    }

    /** Called when the client has sent everything, and when the channel closes without that. */
    @Override
    public void close() {
      if (isEofSignalled()) {
        stdin.end();
      } else {
        stdin.fail(new IOException("The client has gone."));
      }
    }
  }
}
