package dev.holdfast.ssh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.ServerFactoryManager;
import org.apache.sshd.server.session.ServerSessionImpl;

/**
 * The server's side of the SSH transport on one stream: with an identification string of its own if
 * the stream came with one, and back-pressure for those who send data.
 */
final class ServerTransport extends ServerSessionImpl {
  private final StreamIoSession stream;

  ServerTransport(ServerFactoryManager server, IoSession stream) throws Exception {
    super(server, stream);
    this.stream = (StreamIoSession) stream;
  }

  @Override
  protected String resolveIdentificationString(String property) {
    return stream.getAttribute(Identification.class) instanceof Identification identification
        ? identification.line()
        : super.resolveIdentificationString(property);
  }

  /** Pings are answered to whoever is logged in, as by OpenSSH. */
  @Override
  protected void doHandleMessage(Buffer buffer) throws Exception {
    int start = buffer.rpos();
    if (isAuthenticated() && buffer.available() > 0 && buffer.getUByte() == ServerPings.PING) {
      writePacket(ServerPings.answer(this, buffer));
      return;
    }
    buffer.rpos(start);
    super.doHandleMessage(buffer);
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
