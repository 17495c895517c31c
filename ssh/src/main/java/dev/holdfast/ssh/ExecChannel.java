package dev.holdfast.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.common.util.buffer.Buffer;

/** The client's side of a session channel in which one command runs (RFC 4254 6.5). */
final class ExecChannel extends ChannelExec {
  private final ChannelInput stdout = ChannelInput.with(getLocalWindow());
  private final ChannelInput stderr = ChannelInput.with(getLocalWindow());
  private volatile boolean refused;

  ExecChannel(String command) {
    super(command, null, Map.of());
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

  /** Whether the server said that it does not run the command. */
  boolean isRefused() {
    return refused;
  }

  /** See {@link SessionChannel#open}. */
  @Override
  public void handleOpenSuccess(long recipient, long window, long packetSize, Buffer buffer) {
    super.handleOpenSuccess(
        recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
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
  public void handleFailure() throws IOException {
    refused = true;
    close(false);
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
