package dev.holdfast.ssh;

import java.util.StringJoiner;

/** IPv6 addresses as RFC 5952 writes them, which is what people put into patterns. */
final class InetAddressText {
  private static final int GROUPS = 8;

  private InetAddressText() {}

  /**
   * The text of an address.
   *
   * @param address 16 bytes
   */
  static String of(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
    }
    int begin = 0;
    int length = 0;
    for (int i = 0; i < GROUPS; i++) {
      int run = zeroes(groups, i);
      if (run > length) {
        begin = i;
        length = run;
      }
    }
    return length < 2
        ? join(groups, 0, GROUPS)
        : join(groups, 0, begin) + "::" + join(groups, begin + length, GROUPS);
  }

  private static int zeroes(int[] groups, int from) {
    int end = from;
    while (end < GROUPS && groups[end] == 0) {
      end++;
    }
    return end - from;
  }

  private static String join(int[] groups, int from, int to) {
    StringJoiner text = new StringJoiner(":");
    for (int i = from; i < to; i++) {
      text.add(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
