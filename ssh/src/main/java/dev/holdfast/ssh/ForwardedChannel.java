package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.channel.AbstractClientChannel;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * A channel that we open to the client for a connection that came to a socket here:
 * "forwarded-tcpip" (RFC 4254 7.2), "x11" (6.3.2), "forwarded-streamlocal@openssh.com",
 * "auth-agent@openssh.com".
 */
final class ForwardedChannel extends AbstractClientChannel implements Joint.Side {
  private final Duplex socket;
  private final WindowBudget budget;
  private final Details details;
  private final int window;
  private final ChannelInput input = ChannelInput.with(getLocalWindow());
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile @Nullable Joint joint;

  /** Writes what follows the packet size in the message that opens the channel. */
  @FunctionalInterface
  interface Details {
    void put(Buffer message);
  }

  ForwardedChannel(String type, Details details, Duplex socket, WindowBudget budget) {
    super(type);
    this.socket = socket;
    this.details = details;
    this.budget = budget;
    window = budget.take();
    CoreModuleProperties.WINDOW_SIZE.set(this, (long) window);
  }

  @Override
  public synchronized OpenFuture open() throws IOException {
    openFuture = new DefaultOpenFuture(getChannelType(), futureLock);
    LocalWindow local = getLocalWindow();
    Buffer message = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN, Integer.SIZE);
    message.putString(getChannelType());
    message.putUInt(getChannelId());
    message.putUInt(local.getSize());
    message.putUInt(local.getPacketSize());
    details.put(message);
    writePacket(message);
    return openFuture;
  }

  @Override
  public void handleOpenSuccess(long recipient, long window, long packetSize, Buffer buffer) {
    super.handleOpenSuccess(
        recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
  }

  @Override
  protected void doOpen() {
    out =
        new ChannelOutputStream(
            this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
    joint = Joint.start(socket, this);
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public OutputStream output() {
    return out;
  }

  @Override
  public void finish() {
    close(false);
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) {
    input.receive(data, offset, (int) length);
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
    throw new IOException("a forwarded channel has no standard error");
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    input.end();
  }

  /** The client does not want it. */
  @Override
  public void handleOpenFailure(Buffer buffer) {
    super.handleOpenFailure(buffer);
    release();
  }

  @Override
  protected void preClose() {
    release();
    super.preClose();
  }

  private void release() {
    if (gone.compareAndSet(false, true)) {
      input.fail(new IOException("The channel has gone."));
      Joint copying = joint;
      if (copying == null) {
        socket.close();
      } else {
        copying.channelGone(getSession().isClosing());
      }
      budget.giveBack(window);
    }
  }
}
