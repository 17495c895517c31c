package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes of a confined process that may have been taken over, as its monitor reads them. */
public final class MonitorMessageFuzz {
  private MonitorMessageFuzz() {}

  /** Fails if anything but a refusal comes of bytes that are no message. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      MonitorMessage message = MonitorMessage.read(ByteBuffer.wrap(input));
      message.about();
      message.number("patience");
      message.flag("yes");
      message.texts("names");
      MonitorMessage.read(message.bytes());
      message.bytes("data");
      message.keys("keys");
    } catch (IOException e) {
      // No message, or none of those.
    }
  }
}
