package dev.holdfast.client;

/** The person who is told about a host's key, and asked; an edge. */
public interface HostKeyAsker {
  /** Tells something, in one line or several without the last one's end. */
  void tell(String text);

  /** Asks for a line; null if nobody is there to answer. */
  @org.jspecify.annotations.Nullable
  String ask(String prompt);
}
