package dev.holdfast.link;

import java.net.InetSocketAddress;

/**
 * What the first bytes of a connection say of where it really comes from. See {@link
 * ProxyProtocol}.
 */
sealed interface ProxyHeader {
  /** More bytes are needed to tell: this many in all at least. */
  record Incomplete(int atLeast) implements ProxyHeader {}

  /** These are not the first bytes of a PROXY protocol header. */
  record Absent() implements ProxyHeader {}

  /**
   * A header that names no addresses: a health check, or an origin without IP addresses. The
   * connection's own count.
   *
   * @param length of the header, after which the connection's bytes follow
   */
  record Local(int length) implements ProxyHeader {}

  /**
   * A header that names both ends of the connection at the proxy.
   *
   * @param length of the header, after which the connection's bytes follow
   */
  record Relayed(InetSocketAddress source, InetSocketAddress destination, int length)
      implements ProxyHeader {}
}
