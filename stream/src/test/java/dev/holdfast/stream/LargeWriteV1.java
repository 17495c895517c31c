package dev.holdfast.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The one scenario too long to be recorded in full: byte i of the application is i mod 251. */
final class LargeWriteV1 {
  private LargeWriteV1() {}

  static byte[] application(int bytes) {
    byte[] all = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      all[i] = (byte) (i % 251);
    }
    return all;
  }

  /** What the client said, put together from the fields. */
  static byte[] clientStream(VectorsV1.Connection connection) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(PreludeV1.whole());
    stream.writeBytes(VectorsV1.hex(Objects.requireNonNull(connection.ecdh()).clientPublic()));
    stream.write(0);
    int from = 0;
    byte[] application = application(200_000);
    for (VectorsV1.Field field : connection.clientToServerFields()) {
      if (field.isFrame()) {
        ByteBuffer header = ByteBuffer.allocate(2 * Varint.MOST);
        Varint.put(header, field.acknowledges());
        Varint.put(header, field.dataLength());
        stream.write(header.array(), 0, header.position());
        stream.write(application, from, field.dataLength());
        from += field.dataLength();
      }
    }
    stream.writeBytes(VectorsV1.hex("ffffffffffffffffff01"));
    return stream.toByteArray();
  }
}
