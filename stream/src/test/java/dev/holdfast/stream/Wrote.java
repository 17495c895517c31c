package dev.holdfast.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Takes what a link has to say, as a connection without limits would. */
final class Wrote {
  private Wrote() {}

  /** Everything the link says at {@code now}. */
  static byte[] all(Link link, long now) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Output output = link.transmit(now); !output.isEmpty(); output = link.transmit(now)) {
      for (int i = 0; i < output.length(); i++) {
        ByteBuffer buffer = output.buffers()[output.offset() + i];
        byte[] some = new byte[buffer.remaining()];
        buffer.get(some);
        bytes.writeBytes(some);
      }
      link.wrote(now);
    }
    return bytes.toByteArray();
  }
}
