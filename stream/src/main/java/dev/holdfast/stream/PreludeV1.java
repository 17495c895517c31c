package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a resume v1 client says first: eight bytes that look like SSH to whatever shares a port by
 * them, then the name of the protocol (PROTOCOL.resume-v1, section 3).
 */
public enum PreludeV1 {
  /** The whole prelude is there; it was not consumed. */
  COMPLETE,
  /** What is there is a beginning of it. */
  MORE,
  /** A plain SSH client, or anything else. */
  PLAIN;

  private static final byte[] FIRST = "SSH-2.0-".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUFFIX = "\0teleport-resume-v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] WHOLE =
      "SSH-2.0-\0teleport-resume-v1".getBytes(StandardCharsets.US_ASCII);

  /** Bytes of the prelude. */
  static final int LENGTH = WHOLE.length;

  /** The first eight bytes: all that a client says before it has seen the server's line. */
  public static byte[] first() {
    return FIRST.clone();
  }

  /** What follows the first eight bytes once the server is known to resume. */
  static byte[] suffix() {
    return SUFFIX.clone();
  }

  /** The prelude in one piece. */
  static byte[] whole() {
    return WHOLE.clone();
  }

  /** Compares what a client sent first with the prelude. Consumes nothing. */
  public static PreludeV1 of(ByteBuffer input) {
    int bytes = Math.min(LENGTH, input.remaining());
    if (!input.slice(input.position(), bytes).equals(ByteBuffer.wrap(WHOLE, 0, bytes))) {
      return PLAIN;
    }
    return bytes == LENGTH ? COMPLETE : MORE;
  }
}
