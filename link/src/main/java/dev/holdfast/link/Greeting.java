package dev.holdfast.link;

import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;

/**
 * The identification line that a server says to a client which it has not heard for a while, before
 * the client's hello reaches it after all (PROTOCOL.resume-v2, 2.5). Pure.
 */
public final class Greeting {
  /** Bytes of an identification with its end (RFC 4253 4.2). */
  static final int MOST = 255;

  private Greeting() {}

  /**
   * Passes over the line, if there is one: its first byte is no answer's.
   *
   * @return whether what follows is there to be read; false while the line's end is missing
   * @throws ProtocolException it has no end
   */
  public static boolean pass(ByteBuffer input) throws ProtocolException {
    if (!input.hasRemaining() || input.get(input.position()) != 'S') {
      return input.hasRemaining();
    }
    int most = Math.min(input.limit(), input.position() + MOST);
    for (int i = input.position(); i < most; i++) {
      if (input.get(i) == '\n') {
        input.position(i + 1);
        return input.hasRemaining();
      }
    }
    if (input.remaining() >= MOST) {
      throw new ProtocolException("a line without an end came in place of an answer");
    }
    return false;
  }
}
