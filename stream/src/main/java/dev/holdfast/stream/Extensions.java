package dev.holdfast.stream;

import java.nio.ByteBuffer;

/**
 * Reads the parts of hellos and answers within their bounds, and the extensions behind them: u16
 * type, u16 length, value. A type with its top bit set must be understood; others may be skipped.
 * Version 2 defines none yet.
 */
final class Extensions {
  private Extensions() {}

  /** The body, if {@code bytes} bytes are left. */
  static ByteBuffer take(ByteBuffer body, int bytes) throws ProtocolException {
    if (body.remaining() < bytes) {
      throw new ProtocolException("hello ends early");
    }
    return body;
  }

  static byte[] bytes(ByteBuffer body, int count) throws ProtocolException {
    byte[] bytes = new byte[count];
    take(body, count).get(bytes);
    return bytes;
  }

  /** The last {@code count} bytes, which are cut off. */
  static byte[] bytesAtEnd(ByteBuffer body, int count) throws ProtocolException {
    byte[] bytes = new byte[count];
    int from = take(body, count).limit() - count;
    body.get(from, bytes);
    body.limit(from);
    return bytes;
  }

  /** A u64 that counts: at most 2^63-1. */
  static long offset(ByteBuffer body) throws ProtocolException {
    long value = take(body, 8).getLong();
    if (value < 0) {
      throw new ProtocolException("number out of range");
    }
    return value;
  }

  /** Walks the extensions up to the end of the body. */
  static void check(ByteBuffer body) throws ProtocolException {
    while (body.hasRemaining()) {
      int type = take(body, 4).getShort() & 0xffff;
      int length = body.getShort() & 0xffff;
      take(body, length).position(body.position() + length);
      if (type >= 0x8000) {
        throw new ProtocolException("unknown critical extension " + type);
      }
    }
  }
}
