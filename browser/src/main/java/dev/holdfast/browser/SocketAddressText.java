package dev.holdfast.browser;

import java.util.HexFormat;
import java.util.Optional;

/** Addresses and ports of sockets, as the programs and files of servers write them. */
record SocketAddressText(String address, int port) {
  private static final String MAPPED = "::ffff:";
  private static final int WORD_DIGITS = 8;
  private static final int MOST_ADDRESS = 64;

  /** {@code host:port} of ss and lsof: brackets and a scope, inside them or behind, are dropped. */
  static Optional<SocketAddressText> parse(String text, String wildcard6) {
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? Optional.empty()
        : of(bare(text.substring(0, colon), wildcard6), text.substring(colon + 1));
  }

  /** {@code host.port} of the BSDs' netstat. */
  static Optional<SocketAddressText> parseDotted(String text) {
    int dot = text.lastIndexOf('.');
    return dot < 0
        ? Optional.empty()
        : of(bare(text.substring(0, dot), Listener.ANY6), text.substring(dot + 1));
  }

  /**
   * {@code 0100007F:1F90} of /proc/net/tcp (proc_net_tcp.rst in the kernel's documentation): words
   * of 32 bits, each as a little-endian machine reads them from memory.
   */
  static Optional<SocketAddressText> parseHex(String text) {
    int colon = text.indexOf(':');
    if (colon != WORD_DIGITS && colon != 4 * WORD_DIGITS) {
      return Optional.empty();
    }
    try {
      byte[] bytes = HexFormat.of().parseHex(text, 0, colon);
      for (int word = 0; word < bytes.length; word += 4) {
        swap(bytes, word, word + 3);
        swap(bytes, word + 1, word + 2);
      }
      String port = Integer.toString(HexFormat.fromHexDigits(text, colon + 1, text.length()));
      return of(bytes.length == 4 ? text4(bytes, 0) : text6(bytes), port);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<SocketAddressText> of(String address, String digits) {
    boolean isNumber = digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    boolean isAddress = address.length() <= MOST_ADDRESS && address.matches("[0-9a-fA-F:.]+|[*]");
    if (!isNumber || digits.isEmpty() || !isAddress) {
      return Optional.empty();
    }
    int port = Integer.parseInt(digits);
    return port < 1 || port > 0xffff
        ? Optional.empty()
        : Optional.of(new SocketAddressText(address, port));
  }

  private static String bare(String host, String wildcard6) {
    String bare = host.replace("[", "").replace("]", "");
    int scope = bare.indexOf('%');
    bare = scope < 0 ? bare : bare.substring(0, scope);
    if (bare.equals("::")) {
      return wildcard6;
    }
    return bare.startsWith(MAPPED) && bare.indexOf('.') > 0
        ? bare.substring(MAPPED.length())
        : bare;
  }

  private static void swap(byte[] bytes, int one, int other) {
    byte kept = bytes[one];
    bytes[one] = bytes[other];
    bytes[other] = kept;
  }

  private static String text4(byte[] bytes, int at) {
    return "%d.%d.%d.%d"
        .formatted(
            bytes[at] & 0xff, bytes[at + 1] & 0xff, bytes[at + 2] & 0xff, bytes[at + 3] & 0xff);
  }

  /** Whether a wildcard is IPv6's alone is not in that file. */
  private static String text6(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    if (zeros == bytes.length) {
      return Listener.DUAL;
    }
    if (zeros == 10 && bytes[10] == -1 && bytes[11] == -1) {
      return text4(bytes, 12);
    }
    if (zeros == 15 && bytes[15] == 1) {
      return "::1";
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < bytes.length; i += 2) {
      text.append(i == 0 ? "" : ":");
      text.append(Integer.toHexString((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)));
    }
    return text.toString();
  }
}
