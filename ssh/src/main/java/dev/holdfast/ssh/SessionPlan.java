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
 */
public record SessionPlan(
    SessionRequest request,
    Optional<Pty> pty,
    Map<String, String> environment,
    boolean agentForwarding) {
  public SessionPlan {
    environment = Map.copyOf(environment);
  }

  /** Nothing but {@code command}. */
  public static SessionPlan of(String command) {
    return new SessionPlan(new SessionRequest.Exec(command), Optional.empty(), Map.of(), false);
  }
}
