package dev.holdfast.ssh;

import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/** Global requests to listen somewhere, and not to any more (RFC 4254 7.1, PROTOCOL 2.4). */
final class ForwardRequests implements RequestHandler<ConnectionService> {
  static final ForwardRequests INSTANCE = new ForwardRequests();

  private ForwardRequests() {}

  @Override
  public Result process(ConnectionService service, String request, boolean wantReply, Buffer buffer)
      throws Exception {
    ServerChannels channels = (ServerChannels) service;
    return switch (request) {
      case "tcpip-forward" -> listen(channels, wantReply, buffer);
      case "cancel-tcpip-forward" ->
          answer(channels.forwardPlace().cancel(buffer.getString(), (int) buffer.getUInt()));
      case "streamlocal-forward@openssh.com" -> answer(listen(channels, buffer.getString()));
      case "cancel-streamlocal-forward@openssh.com" ->
          answer(channels.forwardPlace().cancel(buffer.getString()));
      default -> Result.Unsupported;
    };
  }

  private static boolean listen(ServerChannels channels, String path) {
    boolean got = channels.forwardPlace().listen(channels.forwardPolicy(), path);
    channels.tell(true, path, got);
    return got;
  }

  /** Who asks for port 0 is told which one it got. */
  private static Result listen(ServerChannels channels, boolean wantReply, Buffer buffer)
      throws IOException {
    String address = buffer.getString();
    long port = buffer.getUInt();
    Optional<Integer> got =
        port > 65_535
            ? Optional.empty()
            : channels.forwardPlace().listen(channels.forwardPolicy(), address, (int) port);
    channels.tell(true, address + ":" + got.map(it -> (long) it).orElse(port), got.isPresent());
    if (got.isEmpty() || port != 0 || !wantReply) {
      return answer(got.isPresent());
    }
    Session session = channels.getSession();
    Buffer success = session.createBuffer(SshConstants.SSH_MSG_REQUEST_SUCCESS);
    success.putUInt(got.get());
    session.writePacket(success);
    return Result.Replied;
  }

  private static Result answer(boolean success) {
    return success ? Result.ReplySuccess : Result.ReplyFailure;
  }
}
