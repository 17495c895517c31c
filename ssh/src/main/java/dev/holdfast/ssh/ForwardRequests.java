package dev.holdfast.ssh;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
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
          answer(cancel(channels, buffer.getString(), (int) buffer.getUInt()));
      case "streamlocal-forward@openssh.com" -> answer(listen(channels, buffer.getString()));
      case "cancel-streamlocal-forward@openssh.com" -> answer(cancel(channels, buffer.getString()));
      default -> Result.Unsupported;
    };
  }

  private static boolean listen(ServerChannels channels, String path) {
    ForwardPolicy policy = channels.forwardPolicy();
    boolean got =
        policy.login().guest() instanceof Bridge bridge
            ? policy.mayListenOnSocket() && bridge.listen(path)
            : channels.forwards().listen(policy, path);
    channels.tell(true, path, got);
    return got;
  }

  /** Who asks for port 0 is told which one it got. */
  private static Result listen(ServerChannels channels, boolean wantReply, Buffer buffer)
      throws IOException {
    String address = buffer.getString();
    long port = buffer.getUInt();
    Optional<Integer> got =
        port > 65_535 ? Optional.empty() : listen(channels, address, (int) port);
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

  private static Optional<Integer> listen(ServerChannels channels, String address, int port) {
    ForwardPolicy policy = channels.forwardPolicy();
    if (!(policy.login().guest() instanceof Bridge bridge)) {
      return channels.forwards().listen(policy, address, port);
    }
    OptionalInt got =
        policy.mayListen(address, port) ? bridge.listen(address, port) : OptionalInt.empty();
    return got.isPresent() ? Optional.of(got.getAsInt()) : Optional.empty();
  }

  private static boolean cancel(ServerChannels channels, String address, int port) {
    return channels.forwardPolicy().login().guest() instanceof Bridge bridge
        ? bridge.cancel(address, port)
        : channels.forwards().cancel(address, port);
  }

  private static boolean cancel(ServerChannels channels, String path) {
    return channels.forwardPolicy().login().guest() instanceof Bridge bridge
        ? bridge.cancel(path)
        : channels.forwards().cancel(path);
  }

  private static Result answer(boolean success) {
    return success ? Result.ReplySuccess : Result.ReplyFailure;
  }
}
