package dev.holdfast.ssh;

import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.AbstractServerSession;
import org.apache.sshd.server.session.ServerConnectionService;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;

/**
 * The channels of a server's connection, of which there are so many and no more: each may hold a
 * window of bytes. One too many is refused; MINA's own limit would end the connection.
 */
final class LimitedChannels extends ServerConnectionService {
  /** Channels in one connection. */
  static final int MOST = 1_000;

  private LimitedChannels(AbstractServerSession session) throws SshException {
    super(session);
  }

  static ServerConnectionServiceFactory factory() {
    return new ServerConnectionServiceFactory() {
      @Override
      public Service create(Session session) throws SshException {
        return new LimitedChannels((AbstractServerSession) session);
      }
    };
  }

  @Override
  protected void channelOpen(Buffer buffer) throws Exception {
    if (getChannels().size() < MOST) {
      super.channelOpen(buffer);
    } else {
      buffer.getString();
      long sender = buffer.getUInt();
      String reason = "This connection has " + MOST + " channels open; close some.";
      int code = SshConstants.SSH_OPEN_RESOURCE_SHORTAGE;
      sendChannelOpenFailure(buffer, sender, code, reason, "");
    }
  }
}
