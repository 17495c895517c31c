package dev.holdfast.stream;

import java.nio.ByteBuffer;

/**
 * Bytes that went out before it was known that the peer is plain, and that the application is about
 * to say itself: they are dropped from what it writes (PROTOCOL.resume-v1, section 3). Of a client
 * these are its first eight bytes, of a server its whole first line.
 */
public final class AlreadySaid {
  private final ByteBuffer said;

  /** Expects the application to begin with {@code said}. */
  public AlreadySaid(byte[] said) {
    this.said = ByteBuffer.wrap(said.clone());
  }

  /**
   * Moves the position of {@code written} behind what was said already.
   *
   * @return false if the application says something else: the connection is unusable
   */
  public boolean drop(ByteBuffer written) {
    while (said.hasRemaining() && written.hasRemaining()) {
      if (said.get() != written.get()) {
        return false;
      }
    }
    return true;
  }
}
