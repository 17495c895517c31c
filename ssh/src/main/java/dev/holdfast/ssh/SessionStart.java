package dev.holdfast.ssh;

import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants run in a session channel, with all that it asked for before (RFC 4254 6).
 *
 * @param login who runs it
 * @param local the address to which the client came when the connection began
 * @param request a shell, a command or a subsystem
 * @param environment the variables that {@link Sessions#acceptsVariable} let in, in the client's
 *     order; names and values are {@link ByteText}
 * @param pty the terminal, if one was asked for and permitted
 * @param agentForwarding whether agent forwarding was asked for and permitted
 * @param x11 X11 forwarding, if it was asked for and permitted
 * @param granted what the server adds to it
 */
public record SessionStart(
    Login login,
    SocketAddress local,
    SessionRequest request,
    Map<String, String> environment,
    @Nullable Pty pty,
    boolean agentForwarding,
    @Nullable X11Request x11,
    Granted granted) {
  /** The variables of the client and those of the server. */
  public Map<String, String> variables() {
    return granted.over(environment);
  }

  /** The same with another request, and with what is granted. */
  public SessionStart with(SessionRequest other, Granted now) {
    return new SessionStart(login, local, other, environment, pty, agentForwarding, x11, now);
  }
}
