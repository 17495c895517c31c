package dev.holdfast.ssh;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;

/** The client's side of the SSH transport on one stream, with back-pressure for who sends data. */
final class ClientTransport extends ClientSessionImpl {
  private final StreamIoSession stream;

  ClientTransport(ClientFactoryManager client, IoSession stream) throws Exception {
    super(client, stream);
    this.stream = (StreamIoSession) stream;
  }

  /** Whom this transport was begun for. */
  Target target() {
    return Objects.requireNonNull(getConnectionContext().getAttribute(Dialled.KEY)).target();
  }

  /** Opens a session channel in which {@code command} runs. */
  ExecChannel open(String command) throws IOException {
    ExecChannel channel = new ExecChannel(command);
    try {
      getConnectionService().registerChannel(channel);
      channel.open().verify();
      return channel;
    } catch (IllegalStateException e) {
      throw new IOException("The connection has ended.", e);
    }
  }

  @Override
  public IoWriteFuture writePacket(Buffer packet) throws IOException {
    stream.awaitRoom(packet, getFutureLock());
    return super.writePacket(packet);
  }

  @Override
  public IoWriteFuture writePacket(Buffer packet, long timeout, TimeUnit unit) throws IOException {
    stream.awaitRoom(packet, getFutureLock());
    return super.writePacket(packet, timeout, unit);
  }
}
