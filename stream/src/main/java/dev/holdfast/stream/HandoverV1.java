package dev.holdfast.stream;

import java.util.Arrays;
import java.util.Base64;

/**
 * How server processes of resume v1 find each other's streams: a socket for each, named after its
 * token, on which the client's address comes first (PROTOCOL.resume-v1, section 7).
 */
public final class HandoverV1 {
  /** Bytes of an address on the socket: the IPv6 form. */
  public static final int ADDRESS = 16;

  private static final int NAMED_BY = 16;
  private static final int IPV4 = 4;
  private static final int MAPPED = ADDRESS - IPV4;

  private HandoverV1() {}

  /** The file name of a stream's socket. It tells nothing of the token. */
  public static String socketName(TokenV1 token) {
    byte[] hash = Arrays.copyOf(SecretsV2.hash(token.bytes()), NAMED_BY);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + ".sock";
  }

  /** The first bytes on the socket, of an address of 4 or 16 bytes. */
  public static byte[] address(byte[] address) {
    if (address.length == ADDRESS) {
      return address.clone();
    }
    if (address.length != IPV4) {
      throw new IllegalArgumentException("address of " + address.length + " bytes");
    }
    byte[] mapped = new byte[ADDRESS];
    mapped[MAPPED - 2] = (byte) 0xff;
    mapped[MAPPED - 1] = (byte) 0xff;
    System.arraycopy(address, 0, mapped, MAPPED, IPV4);
    return mapped;
  }

  /** The address of the first bytes on the socket: 4 bytes if it is an IPv4 address, else 16. */
  public static byte[] client(byte[] first) {
    byte[] ipv4 = Arrays.copyOfRange(first, MAPPED, ADDRESS);
    return Arrays.equals(first, address(ipv4)) ? ipv4 : first.clone();
  }
}
