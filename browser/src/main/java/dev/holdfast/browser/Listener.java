package dev.holdfast.browser;

import java.util.List;

/**
 * A socket of the server that listens.
 *
 * @param address without brackets and scope; {@link #DUAL} for all addresses of both families,
 *     {@link #ANY6} for all of IPv6 alone
 * @param uid of its owner, or {@link #UNKNOWN}
 * @param inode of the socket, or {@link #UNKNOWN}
 * @param pids of the processes that have it, as far as we may know; the lowest first
 * @param program the name of the first of them, or nothing
 */
record Listener(String address, int port, long uid, long inode, List<Long> pids, String program) {
  static final long UNKNOWN = -1;
  static final String ANY4 = "0.0.0.0";
  static final String ANY6 = "::";
  static final String DUAL = "*";

  private static final String LOOPBACK4 = "127.0.0.1";
  private static final String LOOPBACK6 = "::1";

  Listener {
    if (port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port);
    }
    pids = List.copyOf(pids);
  }

  /** Whether it can be dialled from the server itself; a link-local address needs a scope. */
  boolean isDialable() {
    return !address.startsWith("fe80:");
  }

  /** The addresses to dial for it, the likelier first. */
  List<String> dials() {
    return switch (address) {
      case ANY4 -> List.of(LOOPBACK4);
      case ANY6 -> List.of(LOOPBACK6);
      case DUAL -> List.of(LOOPBACK4, LOOPBACK6);
      default -> List.of(address);
    };
  }

  /** Whether a browser that asks for {@code localhost} is led to it. */
  boolean isAtLocalhost() {
    return dials().contains(LOOPBACK4) || dials().contains(LOOPBACK6);
  }

  /** Whether it listens on all addresses. */
  boolean isOpen() {
    return address.equals(ANY4) || address.equals(ANY6) || address.equals(DUAL);
  }

  /** Order among listeners of the same port: what is dialled first for {@code localhost}. */
  int rank() {
    return switch (address) {
      case LOOPBACK4 -> 0;
      case ANY4 -> 1;
      case DUAL -> 2;
      case LOOPBACK6 -> 3;
      case ANY6 -> 4;
      default -> address.startsWith("127.") ? 5 : 6;
    };
  }
}
