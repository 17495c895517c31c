package dev.holdfast.ssh;

/** What becomes of a session that a client asks for. */
public sealed interface SessionAnswer {
  /** Nothing: the client is told that its request failed. */
  record Refused() implements SessionAnswer {}

  /** It is served by {@code session}. */
  record Served(ServedSession session) implements SessionAnswer {}
}
