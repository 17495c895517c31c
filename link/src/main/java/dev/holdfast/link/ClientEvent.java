package dev.holdfast.link;

import java.time.Duration;

/** What a client's stream lives through, for the person and for {@code -v}. */
public sealed interface ClientEvent {
  /** The connection is made; {@code version} is 0 for a server without resumption. */
  record Connected(int version) implements ClientEvent {}

  /**
   * The peer is silent for longer than it should be; another connection is being tried beside this
   * one.
   */
  record Suspected() implements ClientEvent {}

  /** It was nothing: the peer spoke again. */
  record Recovered() implements ClientEvent {}

  /** The link is gone; connections are being tried. */
  record Lost(String why) implements ClientEvent {}

  /** One attempt failed. */
  record Failed(int attempt, String why) implements ClientEvent {}

  /** The stream flows again. */
  record Resumed(Duration after, int attempts) implements ClientEvent {}

  /** The machine's network changed, or it woke. */
  record NetworkChanged(String what) implements ClientEvent {}

  /** The stream ended early. */
  record Ended(String why) implements ClientEvent {}

  /** The event in words. */
  default String text() {
    return switch (this) {
      case Connected it ->
          it.version == 0
              ? "connected; the server knows no resumption, so a lost link ends this connection"
              : "connected with resume v" + it.version;
      case Suspected it -> "the server is silent; trying another connection beside this one";
      case Recovered it -> "the server speaks again";
      case Lost it -> "the link is lost (" + it.why + "); reconnecting";
      case Failed it -> "attempt " + it.attempt + ": " + it.why;
      case Resumed it ->
          "the link is back after %s (attempt %d)"
              .formatted(GateEvent.words(it.after), it.attempts);
      case NetworkChanged it -> it.what;
      case Ended it -> it.why;
    };
  }
}
