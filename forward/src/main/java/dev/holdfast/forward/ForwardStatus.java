package dev.holdfast.forward;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How it stands with a forward.
 *
 * @param id by which it is named
 * @param server the login behind it
 * @param kind local, app, dynamic or remote
 * @param from where somebody may connect to
 * @param to where that leads; empty if each connection says so itself
 * @param state in a word or a sentence
 * @param roundTrip to the server, if there is a session
 * @param connections open ones
 * @param sent bytes to the server
 * @param received bytes from it
 * @param lastError in a sentence
 * @param spares whether connections are made ahead, in words
 */
public record ForwardStatus(
    long id,
    String server,
    String kind,
    String from,
    String to,
    String state,
    Optional<Duration> roundTrip,
    int connections,
    long sent,
    long received,
    Optional<String> lastError,
    Optional<String> spares) {
  /** As a message has it. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", id);
    members.put("server", server);
    members.put("kind", kind);
    members.put("from", from);
    members.put("to", to);
    members.put("state", state);
    roundTrip.ifPresent(it -> members.put("rtt_ms", it.toNanos() / 1_000_000.0));
    members.put("connections", connections);
    members.put("sent", sent);
    members.put("received", received);
    lastError.ifPresent(it -> members.put("last_error", it));
    spares.ifPresent(it -> members.put("spares", it));
    return members;
  }
}
