package dev.holdfast.cli;

import dev.holdfast.link.GateEvent;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * What happened in a node behind its gate, for its log. {@code stream} is the connection's name in
 * all of its events, and {@code session} numbers its sessions.
 */
sealed interface NodeEvent {
  /** A session began. */
  record SessionStarted(String stream, int session, String user, SocketAddress client, String kind)
      implements NodeEvent {}

  /** A session is over. */
  record SessionEnded(String stream, int session, String user, String how, Duration lasted)
      implements NodeEvent {}

  /** A session was refused. */
  record SessionRefused(String stream, String user, SocketAddress client, String kind)
      implements NodeEvent {}

  /** The event in words, for the log. */
  default String text() {
    return switch (this) {
      case SessionStarted it ->
          "%s: session %d of %s from %s began: %s"
              .formatted(it.stream, it.session, it.user, name(it.client), it.kind);
      case SessionEnded it ->
          "%s: session %d of %s ended after %s, %s"
              .formatted(it.stream, it.session, it.user, seconds(it.lasted), it.how);
      case SessionRefused it ->
          "%s: %s from %s was refused a session: %s"
              .formatted(it.stream, it.user, name(it.client), it.kind);
    };
  }

  private static String name(SocketAddress address) {
    return GateEvent.name(address);
  }

  private static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }
}
