package dev.holdfast.stream;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name under which a server finds the stream of a hello. Not secret: it is sent in clear, and
 * changes with each generation of the stream's secrets.
 *
 * @param bytes 16 bytes of resume v2, or what a server derives from a token of resume v1
 */
public record StreamId(byte[] bytes) {
  /** Compared by content. */
  @Override
  public boolean equals(Object other) {
    return other instanceof StreamId(byte[] theirs) && Arrays.equals(bytes, theirs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The first bytes in hexadecimal, enough for a log. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes, 0, Math.min(4, bytes.length));
  }
}
