package dev.holdfast.bench;

import java.nio.ByteBuffer;

/**
 * What a client asks of the server, as a request of nine bytes, any number of them one after the
 * other on one connection:
 *
 * <pre>
 *   0        1                                 9
 *   +--------+---------------------------------+
 *   |  op    |  amount, unsigned, big-endian   |
 *   +--------+---------------------------------+
 * </pre>
 */
enum Op {
  /** The client sends {@code amount} bytes; the server answers eight when it has all. */
  SINK('u'),
  /** The server sends {@code amount} bytes. */
  SOURCE('d'),
  /** Both send {@code amount} bytes at the same time; then the server sends eight more. */
  EXCHANGE('b'),
  /** The server sends the client's next {@code amount} bytes back, each as soon as it comes. */
  ECHO('e'),
  /** The server sends {@code amount} single bytes, one each {@link #TICK_NANOS}. */
  TICKS('t');

  static final int REQUEST_BYTES = 9;
  static final int ANSWER_BYTES = 8;
  static final long TICK_NANOS = 1_000_000;

  private final byte code;

  Op(char code) {
    this.code = (byte) code;
  }

  /** Returns the request, ready to be written. */
  ByteBuffer request(long amount) {
    return ByteBuffer.allocate(REQUEST_BYTES).put(code).putLong(amount).flip();
  }

  /** Returns the op of a request's first byte. */
  static Op of(byte code) {
    for (Op op : values()) {
      if (op.code == code) {
        return op;
      }
    }
    throw new IllegalArgumentException("no op has the code " + code);
  }
}
