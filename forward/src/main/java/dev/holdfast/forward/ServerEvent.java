package dev.holdfast.forward;

import java.time.Duration;

/** What happens with a server. */
public sealed interface ServerEvent {
  /** A session is being made. */
  record Connecting() implements ServerEvent {}

  /** A session stands, after so long. */
  record Connected(Duration after) implements ServerEvent {}

  /** A session may be dead. */
  record Suspected() implements ServerEvent {}

  /** A session has ended. */
  record Ended(String why) implements ServerEvent {}

  /** Something stands in the way. */
  record Troubled(Trouble trouble) implements ServerEvent {}

  /** The event in words. */
  default String words() {
    return switch (this) {
      case Connecting() -> "connecting";
      case Connected(Duration after) -> "connected in %d ms".formatted(after.toMillis());
      case Suspected() -> "the server is silent; trying a new session beside the old one";
      case Ended(String why) -> "the session has ended: " + why;
      case Troubled(Trouble trouble) -> trouble.words();
    };
  }
}
