package dev.holdfast.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.apache.sshd.client.channel.ChannelSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/** The client's side of a session channel in which one program runs (RFC 4254 6). */
final class ProgramChannel extends ChannelSession {
  private static final int REQUEST_BYTES = 256;

  private final SessionPlan plan;
  private final ChannelInput stdout = ChannelInput.with(getLocalWindow());
  private final ChannelInput stderr = ChannelInput.with(getLocalWindow());

  /** Whether the next answer is about the pty. Confined to the connection's reader. */
  private boolean ptyIsAsked;

  private volatile boolean ptyRefused;
  private volatile boolean refused;

  ProgramChannel(SessionPlan plan) {
    this.plan = plan;
    // MINA makes pipes of its own where there are none; the data don't come that way.
    setOut(OutputStream.nullOutputStream());
    setErr(OutputStream.nullOutputStream());
  }

  ChannelInput stdout() {
    return stdout;
  }

  ChannelInput stderr() {
    return stderr;
  }

  /** Whether the server said that it does not run the program. */
  boolean isRefused() {
    return refused;
  }

  /** Whether the server gave no pty although one was asked for. */
  boolean isPtyRefused() {
    return ptyRefused;
  }

  /** See {@link SessionChannel#open}. */
  @Override
  public void handleOpenSuccess(long recipient, long window, long packetSize, Buffer buffer) {
    super.handleOpenSuccess(
        recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
  }

  @Override
  protected void doOpen() throws IOException {
    if (plan.x11().isPresent()) {
      writePacket(x11Request(plan.x11().get()));
    }
    if (plan.agentForwarding()) {
      writePacket(request("auth-agent-req@openssh.com", false));
    }
    if (plan.pty().isPresent()) {
      ptyIsAsked = true;
      writePacket(ptyRequest(plan.pty().get()));
    }
    for (Map.Entry<String, String> variable : plan.environment().entrySet()) {
      Buffer env = request("env", false);
      env.putString(variable.getKey());
      env.putString(variable.getValue());
      writePacket(env);
    }
    writePacket(startRequest());
    super.doOpen();
  }

  private Buffer x11Request(X11Request x11) {
    Buffer request = request("x11-req", false);
    request.putBoolean(x11.singleConnection());
    request.putString(x11.protocol());
    request.putString(x11.cookie());
    request.putUInt(x11.screen());
    return request;
  }

  private Buffer ptyRequest(Pty pty) {
    Buffer request = request("pty-req", true);
    request.putString(pty.term());
    putSize(request, pty.size());
    request.putBytes(TerminalModes.encode(pty.modes()));
    return request;
  }

  private Buffer startRequest() {
    return switch (plan.request()) {
      case SessionRequest.Shell() -> request("shell", true);
      case SessionRequest.Exec(String command) -> {
        Buffer exec = request("exec", true);
        exec.putString(command);
        yield exec;
      }
      case SessionRequest.Subsystem(String name) -> {
        Buffer subsystem = request("subsystem", true);
        subsystem.putString(name);
        yield subsystem;
      }
    };
  }

  /** The window of the terminal has another size (RFC 4254 6.7). */
  void resize(WindowSize size) throws IOException {
    Buffer change = request("window-change", false);
    putSize(change, size);
    writePacket(change);
  }

  /**
   * Sends a signal to the program (RFC 4254 6.9).
   *
   * @param name without SIG
   */
  void signal(String name) throws IOException {
    Buffer signal = request("signal", false);
    signal.putString(name);
    writePacket(signal);
  }

  /** Sends a break (RFC 4335). */
  void sendBreak(int millis) throws IOException {
    Buffer request = request("break", false);
    request.putUInt(millis);
    writePacket(request);
  }

  private static void putSize(Buffer message, WindowSize size) {
    message.putUInt(size.columns());
    message.putUInt(size.rows());
    message.putUInt(size.widthPixels());
    message.putUInt(size.heightPixels());
  }

  private Buffer request(String name, boolean wantReply) {
    Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, REQUEST_BYTES);
    request.putUInt(getRecipient());
    request.putString(name);
    request.putBoolean(wantReply);
    return request;
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) {
    stdout.receive(data, offset, (int) length);
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) {
    stderr.receive(data, offset, (int) length);
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    stdout.end();
    stderr.end();
  }

  @Override
  public void handleSuccess() {
    ptyIsAsked = false;
  }

  @Override
  public void handleFailure() throws IOException {
    if (ptyIsAsked) {
      ptyIsAsked = false;
      ptyRefused = true;
    } else {
      refused = true;
      close(false);
    }
  }

  /** OpenSSH closes without EOF when a command is killed: a close by the peer is an end, too. */
  @Override
  public void handleClose() throws IOException {
    stdout.end();
    stderr.end();
    super.handleClose();
  }

  @Override
  protected void preClose() {
    IOException gone = new IOException("The connection ended before the command did.");
    stdout.fail(gone);
    stderr.fail(gone);
    super.preClose();
  }
}
