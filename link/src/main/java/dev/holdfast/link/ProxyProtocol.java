package dev.holdfast.link;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * The PROXY protocol (haproxy.org, doc/proxy-protocol.txt): a relay tells the server behind it, in
 * a header before the connection's own bytes, where the connection comes from. Version 1 is a line
 * of text, version 2 is binary. Pure.
 *
 * <p>Only a peer that is trusted to be a relay may be asked for one: whoever may send a header may
 * claim any address.
 */
final class ProxyProtocol {
  /**
   * A header is not longer than this: a version 2 header may claim 64 KiB of extensions, those in
   * use stay below 2 KiB.
   */
  static final int MAX_HEADER_BYTES = 4096;

  /** How a header is written. */
  enum Version {
    V1,
    V2;

    /** The header for a connection from {@code source} to {@code destination}. */
    byte[] encode(InetSocketAddress source, InetSocketAddress destination) {
      return switch (this) {
        case V1 -> ProxyProtocolV1.encode(source, destination);
        case V2 -> ProxyProtocolV2.encode(source, destination);
      };
    }

    /** The header of a connection of which no origin is told. */
    byte[] encodeLocal() {
      return switch (this) {
        case V1 -> ProxyProtocolV1.encodeUnknown();
        case V2 -> ProxyProtocolV2.encodeLocal();
      };
    }
  }

  private ProxyProtocol() {}

  /**
   * Reads the header at the buffer's position, without moving it. Whatever is neither version's
   * beginning is {@link ProxyHeader.Absent}, told by the first byte that differs.
   */
  static ProxyHeader parse(ByteBuffer bytes) throws ProxyProtocolException {
    ByteBuffer in = bytes.slice().asReadOnlyBuffer();
    if (!in.hasRemaining()) {
      return new ProxyHeader.Incomplete(1);
    }
    return in.get(0) == ProxyProtocolV1.PREFIX[0]
        ? ProxyProtocolV1.parse(in)
        : ProxyProtocolV2.parse(in);
  }

  /** True if the bytes at {@code in} begin like {@code prefix}, as far as there are any. */
  static boolean beginsLike(ByteBuffer in, byte[] prefix) {
    int common = Math.min(in.remaining(), prefix.length);
    return in.slice(0, common).equals(ByteBuffer.wrap(prefix, 0, common));
  }
}
