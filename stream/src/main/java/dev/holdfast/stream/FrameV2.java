package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The frames of resume v2 (PROTOCOL.resume-v2, section 5). Every frame is a header of eight bytes
 * and a body:
 *
 * <pre>
 *   0        1                 4                     8
 *   ├────────┼─────────────────┼─────────────────────┼──── … ────┤
 *   │ type   │ length of body  │ CRC-32C of bytes    │ body      │
 *   │ u8     │ u24             │ 0..3 and the body   │           │
 * </pre>
 */
final class FrameV2 {
  /** Bytes before the body. */
  static final int HEADER = 8;

  /** Most stream bytes in a DATA frame: a whole frame fits into a large chunk. */
  static final int MOST_DATA = 60 * 1024;

  /** Longest body: a full DATA frame. */
  static final int MOST_BODY = 8 + MOST_DATA;

  /** u64 offset, bytes. */
  static final int DATA = 1;

  /** u64 position received, u64 limit up to which the peer may send. */
  static final int ACK = 2;

  /** u64 anything. */
  static final int PING = 3;

  /** u64 copied from the PING. */
  static final int PONG = 4;

  /** u64 offset behind the last byte: the application has finished. */
  static final int FINISH = 5;

  /** u8 reason, UTF-8 text: the stream ended early. */
  static final int RESET = 6;

  private FrameV2() {}

  /** Writes a header whose checksum is filled in by {@link #seal}. */
  static void begin(ByteBuffer target, int type, int bodyLength) {
    target.putInt(type << 24 | bodyLength).putInt(0);
  }

  /**
   * Fills in the checksum of the frame that starts at {@code from} in {@code head} and goes on in
   * {@code rest}.
   */
  static void seal(ByteBuffer head, int from, ByteBuffer... rest) {
    CRC32C crc = new CRC32C();
    crc.update(head.slice(from, 4));
    crc.update(head.slice(from + HEADER, head.position() - from - HEADER));
    for (ByteBuffer view : rest) {
      crc.update(view.duplicate());
    }
    head.putInt(from + 4, (int) crc.getValue());
  }

  /** Whether the checksum of the complete frame at {@code from} of {@code input} is right. */
  static boolean isIntact(ByteBuffer input, int from, int bodyLength) {
    CRC32C crc = new CRC32C();
    crc.update(input.slice(from, 4));
    crc.update(input.slice(from + HEADER, bodyLength));
    return (int) crc.getValue() == input.getInt(from + 4);
  }
}
