package dev.holdfast.ssh;

import java.util.Map;
import java.util.Optional;

/**
 * What a client asks for in a session channel (RFC 4254 6).
 *
 * @param request what is to run
 * @param pty the terminal that it is to run in, if any
 * @param environment variables, which the server may ignore
 * @param agentForwarding whether the server may ask for the client's agent
 * @param x11 for the server's programs to show windows here
 */
public record SessionPlan(
    SessionRequest request,
    Optional<Pty> pty,
    Map<String, String> environment,
    boolean agentForwarding,
    Optional<X11Request> x11) {
  public SessionPlan {
    environment = Map.copyOf(environment);
  }

  /** Without windows. */
  public SessionPlan(
      SessionRequest request,
      Optional<Pty> pty,
      Map<String, String> environment,
      boolean agentForwarding) {
    this(request, pty, environment, agentForwarding, Optional.empty());
  }

  /** Nothing but {@code command}. */
  public static SessionPlan of(String command) {
    return new SessionPlan(new SessionRequest.Exec(command), Optional.empty(), Map.of(), false);
  }
}
