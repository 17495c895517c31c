package dev.holdfast.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
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
 * A channel through the server to a port or socket that it reaches (RFC 4254 7.2, PROTOCOL 2.4), as
 * a stream. Thread-safe for one reader and one writer.
 */
final class DirectChannel extends AbstractClientChannel implements DirectStream {
  private final ForwardedChannel.Details details;
  private final int window;
  private final ChannelInput input = ChannelInput.with(getLocalWindow());
  private final AtomicReference<@Nullable Runnable> whenTouched = new AtomicReference<>();
  private volatile boolean touched;
  private volatile boolean spokenTo;

  DirectChannel(String type, ForwardedChannel.Details details, WindowBudget budget) {
    super(type);
    this.details = details;
    window = budget.take();
    CoreModuleProperties.WINDOW_SIZE.set(this, (long) window);
    addCloseFutureListener(_ -> budget.giveBack(window));
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
    if (isClosing()) {
      openFuture.setException(new IOException("The connection has ended."));
    }
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
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) {
    input.receive(data, offset, (int) length);
    spokenTo = true;
    touched();
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
    throw new IOException("a forwarded channel has no standard error");
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    input.end();
    touched();
  }

  @Override
  public void handleClose() throws IOException {
    input.end();
    touched();
    super.handleClose();
  }

  @Override
  protected void preClose() {
    OpenFuture opening = openFuture;
    boolean isOpening = opening != null && !opening.isDone();
    if (isOpening || !input.isEnded()) {
      IOException gone = new IOException("The channel has gone.");
      input.fail(gone);
      if (isOpening) {
        opening.setException(gone);
      }
    }
    touched();
    super.preClose();
  }

  private void touched() {
    touched = true;
    Runnable listener = whenTouched.getAndSet(null);
    if (listener != null) {
      listener.run();
    }
  }

  @Override
  public boolean isTouched() {
    return touched;
  }

  @Override
  public boolean isSpokenTo() {
    return spokenTo;
  }

  @Override
  public void whenTouched(Runnable listener) {
    whenTouched.set(listener);
    if (touched) {
      touched();
    }
  }

  // As a stream.

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (target.hasArray()) {
      int count =
          input.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
      if (count > 0) {
        target.position(target.position() + count);
      }
      return count;
    }
    byte[] bytes = new byte[Math.min(target.remaining(), Joint.COPY_BYTES)];
    int count = input.read(bytes);
    if (count > 0) {
      target.put(bytes, 0, count);
    }
    return count;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    if (source.hasArray()) {
      out.write(source.array(), source.arrayOffset() + source.position(), source.remaining());
      source.position(source.limit());
    } else {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      out.write(bytes);
    }
    out.flush();
  }

  @Override
  public void shutdownOutput() throws IOException {
    out.close();
  }

  @Override
  public void close() {
    close(false);
  }

  /** As what it goes over does. */
  @Override
  public boolean outlivesLinks() {
    return ((ClientTransport) getSession()).stream().outlivesLinks();
  }

  @Override
  public SocketAddress localAddress() {
    return new InetSocketAddress(0);
  }

  @Override
  public SocketAddress remoteAddress() {
    return new InetSocketAddress(0);
  }
}
