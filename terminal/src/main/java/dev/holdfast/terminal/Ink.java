package dev.holdfast.terminal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes for a terminal, gathered in an array that grows. Confined to its user. */
final class Ink {
  private static final int FIRST_CAPACITY = 256;

  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  byte[] array() {
    return bytes;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** One byte. */
  Ink add(int b) {
    reserve(1);
    bytes[length++] = (byte) b;
    return this;
  }

  Ink add(byte[] source, int from, int count) {
    reserve(count);
    System.arraycopy(source, from, bytes, length, count);
    length += count;
    return this;
  }

  Ink add(byte[] source) {
    return add(source, 0, source.length);
  }

  /** Text as UTF-8. */
  Ink add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The decimal digits of a number that is not negative. */
  Ink number(int value) {
    if (value >= 10) {
      number(value / 10);
    }
    return add('0' + value % 10);
  }

  /** A control sequence: CSI, the number, the final byte. */
  Ink csi(int parameter, char end) {
    return add(0x1b).add('[').number(parameter).add(end);
  }

  /** CSI, two numbers, the final byte. */
  Ink csi(int first, int second, char end) {
    return add(0x1b).add('[').number(first).add(';').number(second).add(end);
  }

  /** DECSET or DECRST of a private mode. */
  Ink mode(int number, boolean on) {
    return add("\033[?").number(number).add(on ? 'h' : 'l');
  }

  /** A character as UTF-8. */
  Ink codePoint(int c) {
    reserve(4);
    if (c < 0x80) {
      bytes[length++] = (byte) c;
    } else if (c < 0x800) {
      bytes[length++] = (byte) (0xc0 | c >> 6);
      bytes[length++] = (byte) (0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      bytes[length++] = (byte) (0xe0 | c >> 12);
      bytes[length++] = (byte) (0x80 | (c >> 6 & 0x3f));
      bytes[length++] = (byte) (0x80 | (c & 0x3f));
    } else {
      bytes[length++] = (byte) (0xf0 | c >> 18);
      bytes[length++] = (byte) (0x80 | (c >> 12 & 0x3f));
      bytes[length++] = (byte) (0x80 | (c >> 6 & 0x3f));
      bytes[length++] = (byte) (0x80 | (c & 0x3f));
    }
    return this;
  }

  private void reserve(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
