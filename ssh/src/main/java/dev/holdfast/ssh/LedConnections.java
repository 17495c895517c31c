package dev.holdfast.ssh;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client does with connections that the server leads to it: forwarded ports and sockets (RFC
 * 4254 7.2) and the agent's. One that was not asked for is refused. Thread-safe.
 */
final class LedConnections {
  static final String AGENT = "auth-agent@openssh.com";
  static final String X11 = "x11";

  private final Map<String, ForwardTarget> targets = new ConcurrentHashMap<>();

  static String port(String address, long port) {
    return "port " + port + " " + address;
  }

  static String socket(String path) {
    return "socket " + path;
  }

  void put(String from, ForwardTarget target) {
    targets.put(from, target);
  }

  void remove(String from) {
    targets.remove(from);
  }

  /** Where to lead what comes from there; null if nothing was asked for. */
  @Nullable ForwardTarget find(String from) {
    return targets.get(from);
  }
}
