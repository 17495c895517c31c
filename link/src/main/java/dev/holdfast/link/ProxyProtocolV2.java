package dev.holdfast.link;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Version 2 of the PROXY protocol (section 2.2), big-endian:
 *
 * <pre>
 *   12 bytes  0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a
 *   u8        20 local: no addresses count | 21 proxy
 *   u8        family and transport: 00 unspecified, 11 TCP over IPv4, 21 TCP over IPv6, 31 Unix stream
 *   u16       length of what follows
 *   source address | destination address | u16 source port | u16 destination port
 *   extensions: u8 type | u16 length | value              (section 2.2.1)
 * </pre>
 *
 * Of the extensions the checksum (03, CRC32C over the header with that field zero) is verified, the
 * others are passed over.
 */
final class ProxyProtocolV2 {
  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };
  private static final int FIXED_BYTES = 16;
  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int UNSPECIFIED = 0x00;
  private static final int TCP4 = 0x11;
  private static final int TCP6 = 0x21;
  private static final int UNIX_STREAM = 0x31;
  private static final int UNIX_BYTES = 2 * 108;
  private static final int CHECKSUM = 0x03;
  private static final int EXTENSION_HEAD_BYTES = 3;

  private ProxyProtocolV2() {}

  /**
   * The header for a connection from {@code source} to {@code destination}. If one of them is IPv6,
   * both are written so.
   */
  static byte[] encode(InetSocketAddress source, InetSocketAddress destination) {
    boolean four =
        source.getAddress() instanceof Inet4Address
            && destination.getAddress() instanceof Inet4Address;
    int size = four ? 4 : 16;
    byte[] header = new byte[FIXED_BYTES + 2 * size + 4];
    begin(header, PROXY, four ? TCP4 : TCP6)
        .put(raw(source.getAddress(), size))
        .put(raw(destination.getAddress(), size))
        .putShort((short) source.getPort())
        .putShort((short) destination.getPort());
    return header;
  }

  /** The header of a connection that the relay makes for itself, such as a health check. */
  static byte[] encodeLocal() {
    byte[] header = new byte[FIXED_BYTES];
    begin(header, LOCAL, UNSPECIFIED);
    return header;
  }

  /** Writes the fixed part; returns where the rest goes. */
  private static ByteBuffer begin(byte[] header, int command, int family) {
    ByteBuffer out = ByteBuffer.wrap(header).put(SIGNATURE).put((byte) command).put((byte) family);
    return out.putShort((short) (header.length - FIXED_BYTES));
  }

  /** An IPv4 address among IPv6 ones is written as mapped (RFC 4291 section 2.5.5.2). */
  private static byte[] raw(InetAddress address, int size) {
    byte[] raw = address.getAddress();
    if (raw.length == size) {
      return raw;
    }
    byte[] mapped = new byte[size];
    ByteBuffer.wrap(mapped).position(10).putShort((short) 0xffff).put(raw);
    return mapped;
  }

  static ProxyHeader parse(ByteBuffer in) throws ProxyProtocolException {
    if (!ProxyProtocol.beginsLike(in, SIGNATURE)) {
      return new ProxyHeader.Absent();
    }
    if (in.remaining() < FIXED_BYTES) {
      return new ProxyHeader.Incomplete(FIXED_BYTES);
    }
    int length = FIXED_BYTES + (in.getShort(14) & 0xffff);
    if (length > ProxyProtocol.MAX_HEADER_BYTES) {
      throw new ProxyProtocolException(
          "A PROXY header is longer than " + ProxyProtocol.MAX_HEADER_BYTES + " bytes.");
    }
    if (in.remaining() < length) {
      return new ProxyHeader.Incomplete(length);
    }
    return header(in.slice(0, length));
  }

  private static ProxyHeader header(ByteBuffer in) throws ProxyProtocolException {
    int length = in.limit();
    int family = in.get(13) & 0xff;
    switch (in.get(12) & 0xff) {
      case LOCAL -> {
        return new ProxyHeader.Local(length);
      }
      case PROXY -> {}
      default ->
          throw new ProxyProtocolException("A PROXY header has an unknown version or command.");
    }
    if (family == UNSPECIFIED) {
      return new ProxyHeader.Local(length); // whatever follows is not to be looked at
    }
    checkExtensions(in, FIXED_BYTES + addressBytes(family));
    return switch (family) {
      case TCP4 -> relayed(in, 4);
      case TCP6 -> relayed(in, 16);
      default -> new ProxyHeader.Local(length);
    };
  }

  private static int addressBytes(int family) throws ProxyProtocolException {
    return switch (family) {
      case TCP4 -> 2 * 4 + 4;
      case TCP6 -> 2 * 16 + 4;
      case UNIX_STREAM -> UNIX_BYTES;
      default -> throw new ProxyProtocolException("A PROXY header is for no stream connection.");
    };
  }

  private static ProxyHeader relayed(ByteBuffer in, int size) {
    int ports = FIXED_BYTES + 2 * size;
    return new ProxyHeader.Relayed(
        end(in, FIXED_BYTES, size, ports),
        end(in, FIXED_BYTES + size, size, ports + 2),
        in.limit());
  }

  private static InetSocketAddress end(ByteBuffer in, int at, int size, int portAt) {
    byte[] raw = new byte[size];
    in.get(at, raw);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(raw), in.getShort(portAt) & 0xffff);
    } catch (UnknownHostException e) {
      throw new AssertionError("An address of " + size + " bytes is one.", e);
    }
  }

  private static void checkExtensions(ByteBuffer in, int first) throws ProxyProtocolException {
    int at = first;
    while (at != in.limit()) {
      if (in.limit() - at < EXTENSION_HEAD_BYTES) {
        throw new ProxyProtocolException(
            "A PROXY header ends within its addresses or an extension.");
      }
      int valueAt = at + EXTENSION_HEAD_BYTES;
      int length = in.getShort(at + 1) & 0xffff;
      if (length > in.limit() - valueAt) {
        throw new ProxyProtocolException("A PROXY header ends within an extension.");
      }
      if (in.get(at) == CHECKSUM) {
        checkSum(in, valueAt, length);
      }
      at = valueAt + length;
    }
  }

  private static void checkSum(ByteBuffer in, int at, int length) throws ProxyProtocolException {
    byte[] header = new byte[in.limit()];
    in.get(0, header);
    if (length == Integer.BYTES) {
      ByteBuffer.wrap(header).putInt(at, 0);
      CRC32C crc = new CRC32C();
      crc.update(header);
      if ((int) crc.getValue() == in.getInt(at)) {
        return;
      }
    }
    throw new ProxyProtocolException("A PROXY header's checksum is wrong.");
  }
}
