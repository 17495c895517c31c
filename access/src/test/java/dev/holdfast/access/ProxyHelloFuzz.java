package dev.holdfast.access;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Fuzz target: what strangers say to a proxy, and what a proxy answers; written again as it came.
 */
public final class ProxyHelloFuzz {
  private ProxyHelloFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] data) {
    try {
      ByteBuffer input = ByteBuffer.wrap(data);
      ProxyHello hello = ProxyHello.read(input);
      if (hello != null && !Arrays.equals(hello.encoded(), Arrays.copyOf(data, input.position()))) {
        throw new IllegalStateException("read otherwise than written");
      }
    } catch (TicketException e) {
      // It is none.
    }
    try {
      ByteBuffer input = ByteBuffer.wrap(data);
      ProxyAnswer answer = ProxyAnswer.read(input);
      if (answer instanceof ProxyAnswer.Refused(var _, String text)
          && text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalStateException("a refusal moves the cursor");
      }
    } catch (TicketException e) {
      // It is none.
    }
  }
}
