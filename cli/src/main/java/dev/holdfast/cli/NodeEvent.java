package dev.holdfast.cli;

import dev.holdfast.link.GateEvent;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * What happened in a node behind its gate, for its log. {@code stream} is the connection's name in
 * all of its events, and {@code session} numbers its sessions.
 */
sealed interface NodeEvent {
  /**
   * Somebody logged in.
   *
   * @param method how (RFC 4252)
   * @param keyType of the key; empty if it was none
   * @param key its fingerprint; empty if it was none
   * @param certificate id, serial and authority's fingerprint; empty if it was none
   */
  record LoggedIn(
      String stream,
      String user,
      SocketAddress client,
      String method,
      String keyType,
      String key,
      String certificate)
      implements NodeEvent {}

  /**
   * A client ended that had tried to log in, and was not let in.
   *
   * @param attempts how many failed
   * @param methods that were tried, between commas
   * @param key the fingerprint of the last key that it showed; empty if it was none
   */
  record LoginRefused(
      String stream, String user, SocketAddress client, int attempts, String methods, String key)
      implements NodeEvent {}

  /** A session began. */
  record SessionStarted(String stream, long session, String user, SocketAddress client, String kind)
      implements NodeEvent {}

  /** A session is over. */
  record SessionEnded(String stream, long session, String user, String how, Duration lasted)
      implements NodeEvent {}

  /** A session was refused. */
  record SessionRefused(String stream, String user, SocketAddress client, String kind)
      implements NodeEvent {}

  /** The event in words, for the log. */
  default String text() {
    return switch (this) {
      case LoggedIn it ->
          "%s: %s logged in from %s by %s%s%s"
              .formatted(
                  it.stream,
                  it.user,
                  name(it.client),
                  it.method,
                  it.key.isEmpty() ? "" : ", " + it.keyType + " " + it.key,
                  it.certificate.isEmpty() ? "" : ", certificate " + it.certificate);
      case LoginRefused it ->
          "%s: %s from %s was not let in after %d attempts by %s%s"
              .formatted(
                  it.stream,
                  it.user,
                  name(it.client),
                  it.attempts,
                  it.methods,
                  it.key.isEmpty() ? "" : ", last key " + it.key);
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
