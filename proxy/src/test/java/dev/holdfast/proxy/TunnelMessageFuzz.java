package dev.holdfast.proxy;

import java.nio.charset.StandardCharsets;

/**
 * Fuzz target: a line that a node or a proxy says; what is read is written so that it is read the
 * same.
 */
public final class TunnelMessageFuzz {
  private TunnelMessageFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    TunnelMessage message;
    try {
      message = TunnelMessage.parse(new String(data, StandardCharsets.ISO_8859_1).stripTrailing());
    } catch (TunnelMessage.MalformedException e) {
      return;
    }
    if (message.line().indexOf('\n') >= 0) {
      throw new IllegalStateException("two lines");
    }
    String again = TunnelMessage.parse(message.line()).line();
    if (!again.equals(message.line())) {
      throw new IllegalStateException(message.line() + " or " + again);
    }
  }
}
