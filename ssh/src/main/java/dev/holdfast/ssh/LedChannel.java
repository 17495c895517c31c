package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;

/** A channel by which the server leads a connection to the client, see {@link LedConnections}. */
final class LedChannel extends AbstractServerChannel implements Joint.Side {
  private final String type;
  private final ClientTransport transport;
  private final int window;
  private final ChannelInput input = ChannelInput.with(getLocalWindow());
  private final AtomicBoolean gone = new AtomicBoolean();
  private volatile @Nullable Joint joint;
  private @Nullable ChannelOutputStream output;

  private LedChannel(String type, ClientTransport transport) {
    super("", List.of(), null);
    this.type = type;
    this.transport = transport;
    window = transport.budget().take();
    CoreModuleProperties.WINDOW_SIZE.set(this, (long) window);
  }

  /** One for each type that a server may open. */
  static List<ChannelFactory> factories() {
    return List.of(
        factory("forwarded-tcpip"),
        factory("forwarded-streamlocal@openssh.com"),
        factory(LedConnections.AGENT),
        factory(LedConnections.X11));
  }

  private static ChannelFactory factory(String type) {
    return new ChannelFactory() {
      @Override
      public String getName() {
        return type;
      }

      @Override
      public Channel createChannel(Session session) {
        return new LedChannel(type, (ClientTransport) session);
      }
    };
  }

  @Override
  public OpenFuture open(long recipient, long window, long packetSize, Buffer buffer) {
    return super.open(recipient, window, Math.min(packetSize, Settings.MOST_PACKET_DATA), buffer);
  }

  /** Connecting takes as long as it takes; the connection's reader does not wait for it. */
  @Override
  protected OpenFuture doInit(Buffer buffer) {
    output =
        new ChannelOutputStream(
            this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
    OpenFuture opened = new DefaultOpenFuture(this, this);
    ForwardTarget target = transport.led().find(from(buffer));
    if (target == null) {
      opened.setException(
          new SshChannelOpenException(
              getChannelId(),
              SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
              "The client did not ask for that."));
      return opened;
    }
    Thread.ofVirtual().name("forward-connect").start(() -> connect(target, opened));
    return opened;
  }

  private String from(Buffer buffer) {
    return switch (type) {
      case "forwarded-tcpip" -> LedConnections.port(buffer.getString(), buffer.getUInt());
      case LedConnections.AGENT, LedConnections.X11 -> type;
      default -> LedConnections.socket(buffer.getString());
    };
  }

  /**
   * The server is told before anything is sent, for the listener of the channel does that at once.
   */
  private void connect(ForwardTarget target, OpenFuture opened) {
    Duplex socket;
    try {
      socket = target.connect();
    } catch (IOException | RuntimeException e) {
      opened.setException(
          new SshChannelOpenException(
              getChannelId(),
              SshConstants.SSH_OPEN_CONNECT_FAILED,
              "The client can't connect there."));
      return;
    }
    signalChannelOpenSuccess();
    opened.setOpened();
    joint = Joint.start(socket, this);
    if (isClosing()) {
      socket.close();
    }
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
      if (copying != null) {
        copying.channelGone(getSession().isClosing());
      }
      transport.budget().giveBack(window);
    }
    super.preClose();
  }
}
