package dev.holdfast.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * The frames of one direction with the freedom taken out that the protocol leaves: how
 * acknowledgements and data are cut.
 */
record FramesV1(long acknowledged, String data, boolean closes) {
  static FramesV1 read(byte[] stream, int from) throws ProtocolException {
    ByteBuffer input = ByteBuffer.wrap(stream).position(from);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    long acknowledged = 0;
    while (input.hasRemaining()) {
      long ack = number(input);
      if (ack == -1) {
        return new FramesV1(acknowledged, VectorsV1.hex(data.toByteArray()), !input.hasRemaining());
      }
      acknowledged += ack;
      byte[] some = new byte[(int) number(input)];
      input.get(some);
      data.writeBytes(some);
    }
    return new FramesV1(acknowledged, VectorsV1.hex(data.toByteArray()), false);
  }

  private static long number(ByteBuffer input) throws ProtocolException {
    int length = Varint.length(input, input.position());
    long value = Varint.value(input, input.position(), length);
    input.position(input.position() + length);
    return value;
  }
}
