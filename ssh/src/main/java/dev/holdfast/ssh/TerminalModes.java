package dev.holdfast.ssh;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The encoded terminal modes of a pty request (RFC 4254 8):
 *
 * <pre>
 *   opcode 1 to 159 | uint32 argument | ... | opcode 0 (the end)
 * </pre>
 */
final class TerminalModes {
  /** TTY_OP_END. */
  private static final int END = 0;

  /** From here on arguments have no defined length, so reading stops. */
  private static final int UNDEFINED = 160;

  private TerminalModes() {}

  /**
   * The modes up to the end, to the first opcode that is not defined, or to where the bytes break
   * off. There are at most 159.
   */
  static Map<Integer, Long> decode(byte[] encoded) {
    ByteBuffer bytes = ByteBuffer.wrap(encoded);
    Map<Integer, Long> modes = new LinkedHashMap<>();
    while (bytes.hasRemaining()) {
      int opcode = bytes.get() & 0xff;
      if (opcode == END || opcode >= UNDEFINED || bytes.remaining() < Integer.BYTES) {
        break;
      }
      modes.put(opcode, bytes.getInt() & 0xffff_ffffL);
    }
    return Collections.unmodifiableMap(modes);
  }

  /** The bytes that {@link #decode} reads as {@code modes}. */
  static byte[] encode(Map<Integer, Long> modes) {
    ByteBuffer bytes = ByteBuffer.allocate(modes.size() * (1 + Integer.BYTES) + 1);
    modes.forEach(
        (opcode, argument) -> bytes.put(opcode.byteValue()).putInt((int) (long) argument));
    return bytes.put((byte) END).array();
  }
}
