package dev.holdfast.ssh;

import java.util.Optional;

/**
 * Sessions that run on another server, to which the {@link Bridge} of a login leads. What its
 * client may have there that server says; what it may have at all, its login. Thread-safe.
 */
public final class BridgedSessions implements Sessions {
  @Override
  public boolean permits(Login login, Extra extra) {
    Permissions may = login.permissions();
    return switch (extra) {
      case PTY -> may.pty();
      case AGENT_FORWARDING -> may.agentForwarding();
      case X11_FORWARDING -> may.x11Forwarding();
    };
  }

  /** The other server knows which it takes. */
  @Override
  public boolean acceptsVariable(Login login, String name) {
    return true;
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    if (!(start.login().guest() instanceof Bridge bridge)) {
      return new SessionAnswer.Refused();
    }
    SessionPlan plan =
        new SessionPlan(
            start.request(),
            Optional.ofNullable(start.pty()),
            start.environment(),
            start.agentForwarding(),
            Optional.ofNullable(start.x11()));
    return new SessionAnswer.Served(new BridgedSession(bridge, plan, client));
  }
}
