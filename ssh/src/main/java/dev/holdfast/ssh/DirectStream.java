package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;

/**
 * A connection that a server makes for its client, as a stream; the server has confirmed it. An
 * edge for who tests what is done with such streams.
 */
public interface DirectStream extends Duplex {
  /** Whether anything has come: bytes, their end, or the channel's. */
  boolean isTouched();

  /** Whether bytes have come. */
  boolean isSpokenTo();

  /**
   * Has {@code listener} run once, when the first thing has come or if it has already; on the
   * thread that reads the connection, so it must not block. Only the last one that was given.
   */
  void whenTouched(Runnable listener);
}
