package dev.holdfast.stream;

import java.nio.ByteBuffer;

/**
 * Numbers of 64 bits as unsigned LEB128: seven bits a byte, least significant group first, the high
 * bit set on all bytes but the last (PROTOCOL.resume-v1, section 2). A {@code long} holds them
 * unsigned.
 *
 * <p>Written in the shortest form; read in any form of up to {@value #MOST} bytes, as the genuine
 * peer does.
 */
final class Varint {
  /** Bytes of the longest number. */
  static final int MOST = 10;

  private Varint() {}

  /**
   * How many bytes the number at index {@code at} of {@code input} takes; 0 while its end is
   * missing.
   *
   * @throws ProtocolException it has more than 64 bits, or more than {@value #MOST} bytes
   */
  static int length(ByteBuffer input, int at) throws ProtocolException {
    for (int i = 0; i < MOST; i++) {
      if (at + i >= input.limit()) {
        return 0;
      }
      int group = input.get(at + i) & 0xff;
      if (i == MOST - 1 && group > 1) {
        break;
      }
      if (group < 0x80) {
        return i + 1;
      }
    }
    throw new ProtocolException("number of more than 64 bits");
  }

  /** The number in the {@code length} bytes from index {@code at} on, as {@link #length} said. */
  static long value(ByteBuffer input, int at, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (input.get(at + i) & 0x7fL) << (7 * i);
    }
    return value;
  }

  /** Writes {@code value}, unsigned, at the position of {@code target}. */
  static void put(ByteBuffer target, long value) {
    long rest = value;
    while (Long.compareUnsigned(rest, 0x7f) > 0) {
      target.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    target.put((byte) rest);
  }
}
