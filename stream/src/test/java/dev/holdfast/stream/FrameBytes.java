package dev.holdfast.stream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Frames of resume v2 made by hand and taken apart. */
final class FrameBytes {
  private FrameBytes() {}

  /** A frame whose checksum is right. */
  static byte[] frame(int type, byte[] body) {
    ByteBuffer frame = ByteBuffer.allocate(FrameV2.HEADER + body.length);
    FrameV2.begin(frame, type, body.length);
    frame.put(body);
    FrameV2.seal(frame, 0);
    return frame.array();
  }

  static byte[] longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.array();
  }

  static byte[] data(long offset, byte[] bytes) {
    return frame(FrameV2.DATA, join(longs(offset), bytes));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** The types of the frames in {@code bytes}, in order. */
  static List<Integer> types(byte[] bytes) {
    List<Integer> types = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += FrameV2.HEADER + length(bytes, at)) {
      types.add((int) bytes[at]);
    }
    return types;
  }

  private static int length(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at) & 0xffffff;
  }
}
