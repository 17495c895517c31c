package dev.holdfast.cli;

import dev.holdfast.link.GateEvent;
import dev.holdfast.ssh.Login;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the log calls the connections that live, found by where their clients were when they began.
 * Thread-safe.
 */
final class ConnectionNames {
  private final Map<SocketAddress, String> names = new ConcurrentHashMap<>();
  private final Map<String, SocketAddress> addresses = new ConcurrentHashMap<>();

  /** A connection begins. */
  void begin(String name, SocketAddress from) {
    names.put(from, name);
    addresses.put(name, from);
  }

  /** The name of a login's connection. */
  String of(Login login) {
    return names.getOrDefault(login.from(), "?");
  }

  /** Something happened to a connection: those that are over are forgotten. */
  void event(GateEvent event) {
    if (event instanceof GateEvent.Ended ended) {
      end(ended.stream());
    } else if (event instanceof GateEvent.Left left) {
      end(left.stream());
    }
  }

  private void end(String name) {
    SocketAddress from = addresses.remove(name);
    if (from != null) {
      names.remove(from, name);
    }
  }
}
