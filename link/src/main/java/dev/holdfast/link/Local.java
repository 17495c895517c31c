package dev.holdfast.link;

import dev.holdfast.stream.End;

/**
 * The near side of a stream: whoever gives it bytes and takes bytes from it, such as a socket to
 * sshd or a program. Called with the stream's lock held; must not block.
 */
interface Local {
  /**
   * Takes as much of {@code data} as it can at once; what is left is kept and waits in the
   * endpoint.
   */
  void deliver(Batch data);

  /** Everything the peer wrote was delivered, and it will write no more. */
  void inputEnded();

  /** The endpoint takes bytes again. */
  void writable();

  /** The stream is over: complete, or ended early if {@code early} is not null. Called once. */
  void ended(@org.jspecify.annotations.Nullable End early);
}
