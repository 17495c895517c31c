package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.LocalWindow;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;

/** A channel that the client opens to a socket here (RFC 4254 7.2, PROTOCOL 2.4). */
final class OpenedChannel extends AbstractServerChannel implements Joint.Side {
  private final Duplex socket;
  private final WindowBudget budget;
  private final int window;
  private final ChannelInput input = ChannelInput.with(getLocalWindow());
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile @Nullable Joint joint;
  private @Nullable ChannelOutputStream output;

  OpenedChannel(Duplex socket, WindowBudget budget) {
    super("", List.of(), null);
    this.socket = socket;
    this.budget = budget;
    window = budget.take();
    CoreModuleProperties.WINDOW_SIZE.set(this, (long) window);
  }

  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    OpenFuture opened =
        super.open(recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
    output =
        new ChannelOutputStream(
            this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
    return opened;
  }

  /** Tells the client that the channel is open, and copies from then on. */
  void begin() throws IOException {
    LocalWindow local = getLocalWindow();
    Buffer answer =
        getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_OPEN_CONFIRMATION, Integer.SIZE);
    answer.putUInt(getRecipient());
    answer.putUInt(getChannelId());
    answer.putUInt(local.getSize());
    answer.putUInt(local.getPacketSize());
    getSession().writePacket(answer);
    joint = Joint.start(socket, this);
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public OutputStream output() {
    return Objects.requireNonNull(output, "not open");
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

  @Override
  protected void preClose() {
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
    super.preClose();
  }
}
