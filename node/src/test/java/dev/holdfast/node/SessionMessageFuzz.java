package dev.holdfast.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Fuzz target: what any user of the machine may say to the node's socket. */
public final class SessionMessageFuzz {
  private SessionMessageFuzz() {}

  /** Fails if what was read is written otherwise than it is read again. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    SessionMessage message;
    try {
      message = SessionMessage.read(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      return;
    }
    byte[] framed = message.framed();
    SessionMessage again =
        SessionMessage.read(ByteBuffer.wrap(framed, Short.BYTES, framed.length - Short.BYTES));
    if (!Arrays.equals(again.framed(), framed) || framed.length > bytes.length + Short.BYTES) {
      throw new AssertionError(message + " became " + again);
    }
  }
}
